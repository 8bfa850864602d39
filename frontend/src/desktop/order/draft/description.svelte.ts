export type Saving = 'idle' | 'waiting' | 'saving' | 'saved' | 'failed';

/**
 * Description is the editor for a draft's text. It saves the text after a pause,
 * on leaving the field, and before any action that needs it. It applies changes
 * from outside only if there is no unsaved text.
 */
export class Description {
  #save: (text: string) => Promise<unknown>;
  #pause: number;
  #text = $state('');
  #saved = '';
  #saving = $state<Saving>('idle');
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;

  constructor(save: (text: string) => Promise<unknown>, pause = 300) {
    this.#save = save;
    this.#pause = pause;
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    if (text === this.#text) return;
    this.#text = text;
    this.#saving = 'waiting';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), this.#pause);
  }

  get saving(): Saving {
    return this.#saving;
  }

  /** Applies the text of the stored draft. */
  adopt(text: string): void {
    if (this.#text !== this.#saved || this.#running) return;
    this.#text = this.#saved = text;
  }

  /** Discards the text of a deleted draft. */
  reset(text: string): void {
    clearTimeout(this.#timer);
    this.#text = this.#saved = text;
    this.#saving = 'idle';
  }

  /** Saves the text if needed. Resolves to whether it is saved. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    while (this.#running) await this.#running;
    if (this.#text === this.#saved) return true;
    this.#running = this.#store(this.#text);
    await this.#running;
    return this.#text === this.#saved;
  }

  async #store(text: string): Promise<void> {
    this.#saving = 'saving';
    try {
      await this.#save(text);
      this.#saved = text;
      this.#saving = this.#text === text ? 'saved' : 'waiting';
    } catch {
      this.#saving = 'failed';
    } finally {
      this.#running = undefined;
    }
  }
}
