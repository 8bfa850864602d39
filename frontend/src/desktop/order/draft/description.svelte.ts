export type Saving = 'idle' | 'waiting' | 'saving' | 'saved' | 'failed';

/**
 * Description is the text of a draft while it is written. What was typed is
 * saved after a pause, on leaving the field, and before anything that needs
 * it; what comes from elsewhere is taken only when nothing unsaved is lost.
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

  /** Takes the text of the stored draft. */
  adopt(text: string): void {
    if (this.#text !== this.#saved || this.#running) return;
    this.#text = this.#saved = text;
  }

  /** Drops what was typed, for a draft that is gone. */
  reset(text: string): void {
    clearTimeout(this.#timer);
    this.#text = this.#saved = text;
    this.#saving = 'idle';
  }

  /** Saves what is not saved yet; resolves to whether all of it is. */
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
