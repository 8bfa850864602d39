export interface Notice {
  id: number;
  tone: 'good' | 'bad';
  text: string;
  /** The button that the notice offers. */
  action?: Action;
}

export interface Action {
  label: string;
  act: () => void;
}

const LASTS = { good: 5_000, bad: 12_000 };
/** A notice with a button stays long enough to reach it by keyboard. */
const LASTS_ACTION = 15_000;

/** Notices are short texts at the edge of the screen that disappear automatically. */
class Notices {
  #shown = $state.raw<Notice[]>([]);
  #spoken = $state('');
  #last = 0;

  get shown(): readonly Notice[] {
    return this.#shown;
  }

  /** The next text for screen readers; it is not visible. */
  get spoken(): string {
    return this.#spoken;
  }

  tell(text: string, tone: Notice['tone'] = 'good', action?: Action): void {
    const id = ++this.#last;
    const others = this.#shown.filter((notice) => notice.text !== text);
    this.#shown = [...others, { id, tone, text, ...(action && { action }) }].slice(-3);
    setTimeout(() => this.dismiss(id), action ? LASTS_ACTION : LASTS[tone]);
  }

  /** Runs the action of a notice, once. */
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
