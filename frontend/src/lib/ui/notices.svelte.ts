export interface Notice {
  id: number;
  tone: 'good' | 'bad';
  text: string;
  /** What can be done about it, while it shows. */
  action?: Action;
}

export interface Action {
  label: string;
  act: () => void;
}

const LASTS = { good: 5_000, bad: 12_000 };
/** A notice that can be acted on stays long enough to be reached by keyboard. */
const LASTS_ACTION = 15_000;

/** Notices are short words at the edge of the screen that go away by themselves. */
class Notices {
  #shown = $state.raw<Notice[]>([]);
  #spoken = $state('');
  #last = 0;

  get shown(): readonly Notice[] {
    return this.#shown;
  }

  /** What a screen reader says next, without anything to see. */
  get spoken(): string {
    return this.#spoken;
  }

  tell(text: string, tone: Notice['tone'] = 'good', action?: Action): void {
    const id = ++this.#last;
    const others = this.#shown.filter((notice) => notice.text !== text);
    this.#shown = [...others, { id, tone, text, ...(action && { action }) }].slice(-3);
    setTimeout(() => this.dismiss(id), action ? LASTS_ACTION : LASTS[tone]);
  }

  /** Does what a notice offers, once. */
  act({ id, action }: Notice): void {
    this.dismiss(id);
    action?.act();
  }

  dismiss(id: number): void {
    this.#shown = this.#shown.filter((notice) => notice.id !== id);
  }

  speak(text: string): void {
    this.#spoken = text;
  }
}

export const notices = new Notices();
