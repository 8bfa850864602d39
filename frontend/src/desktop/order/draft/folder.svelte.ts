import type { Bound } from '$lib/api/bound';
import type { OrderFolder as View } from '$lib/api/views';

/** OrderFolder is the folder of one order, and what in it stays out of the delivery. */
export class OrderFolder {
  #id: string;
  #api: Pick<Bound, 'OrderFolder'>;
  #view = $state.raw<View | null>(null);
  #asked = 0;

  constructor(id: string, api: Pick<Bound, 'OrderFolder'>) {
    this.#id = id;
    this.#api = api;
  }

  /** null while the order has no folder and nothing is left out, or that is not known. */
  get view(): View | null {
    return this.#view;
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const view = await this.#api.OrderFolder(this.#id);
      if (asked === this.#asked) this.#view = view.dir === '' && view.leftOut.length === 0 ? null : view;
    } catch {
      // The page does without.
    }
  }
}
