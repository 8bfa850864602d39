import type { Bound } from '$lib/api/bound';
import type { OrderFolder as View } from '$lib/api/views';

/** OrderFolder is the folder of one order, with the files left out of the delivery. */
export class OrderFolder {
  #id: string;
  #api: Pick<Bound['Folder'], 'OfOrder'>;
  #view = $state.raw<View | null>(null);
  #asked = 0;

  constructor(id: string, api: Pick<Bound['Folder'], 'OfOrder'>) {
    this.#id = id;
    this.#api = api;
  }

  /** null until loaded, or while the order has neither a folder nor left-out files. */
  get view(): View | null {
    return this.#view;
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const view = await this.#api.OfOrder(this.#id);
      if (asked === this.#asked) this.#view = view.dir === '' && view.leftOut.length === 0 ? null : view;
    } catch {
      // The page works without it.
    }
  }
}
