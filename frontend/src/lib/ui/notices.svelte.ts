export interface Notice {
  id: number;
  tone: 'good' | 'bad';
  text: string;
}

const LASTS = { good: 5_000, bad: 12_000 };

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

  tell(text: string, tone: Notice['tone'] = 'good'): void {
    const id = ++this.#last;
    this.#shown = [...this.#shown.filter((notice) => notice.text !== text), { id, tone, text }].slice(-3);
    setTimeout(() => this.dismiss(id), LASTS[tone]);
  }

  dismiss(id: number): void {
    this.#shown = this.#shown.filter((notice) => notice.id !== id);
  }

  speak(text: string): void {
    this.#spoken = text;
  }
}

export const notices = new Notices();
