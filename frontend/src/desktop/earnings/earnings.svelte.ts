import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { Earnings as View } from '$lib/api/views';
import { accounts, type Account } from './months';

/** Earnings holds the seller's earnings from the server's last answer. */
export class Earnings {
  #api: Pick<Bound['Orders'], 'Earnings' | 'ExportEarnings'>;
  #view = $state.raw<View | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #exporting = $state(false);
  #asked = 0;
  #accounts = $derived(this.#view ? accounts(this.#view) : null);

  constructor(api: Pick<Bound['Orders'], 'Earnings' | 'ExportEarnings'>) {
    this.#api = api;
  }

  /** By currency; null until loaded. */
  get accounts(): readonly Account[] | null {
    return this.#accounts;
  }

  /** The error of the last load. */
  get failure(): Failure | null {
    return this.#failure;
  }

  get exporting(): boolean {
    return this.#exporting;
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const view = await this.#api.Earnings();
      if (asked !== this.#asked) return;
      this.#view = view;
      this.#failure = null;
    } catch (thrown) {
      if (asked === this.#asked) this.#failure = Failure.of(thrown);
    }
  }

  /** Resolves to the path of the saved ledger; '' when the seller cancelled. */
  async save(): Promise<string> {
    if (this.#exporting) return '';
    this.#exporting = true;
    try {
      return await this.#api.ExportEarnings();
    } catch (thrown) {
      throw Failure.of(thrown);
    } finally {
      this.#exporting = false;
    }
  }

  clear(): void {
    this.#asked++;
    this.#view = null;
    this.#failure = null;
  }
}
