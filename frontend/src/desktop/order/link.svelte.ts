import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { BuyerLink } from '$lib/api/views.life';

type LinkApi = Pick<Bound, 'BuyerLink' | 'RenewBuyerLink' | 'RevokeBuyerLink'>;

/** Link is the buyer's link to one order, as the server has it. */
export class Link {
  #api: LinkApi;
  #id: string;
  #link = $state.raw<BuyerLink | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #busy = $state(false);

  constructor(id: string, api: LinkApi) {
    this.#id = id;
    this.#api = api;
  }

  /** null until it was loaded. */
  get link(): BuyerLink | null {
    return this.#link;
  }

  /** Why the last thing that was asked for did not work. */
  get failure(): Failure | null {
    return this.#failure;
  }

  get busy(): boolean {
    return this.#busy;
  }

  load(): Promise<boolean> {
    return this.#doing(() => this.#api.BuyerLink(this.#id));
  }

  renew(): Promise<boolean> {
    return this.#doing(() => this.#api.RenewBuyerLink(this.#id));
  }

  revoke(): Promise<boolean> {
    return this.#doing(() => this.#api.RevokeBuyerLink(this.#id));
  }

  async #doing(act: () => Promise<BuyerLink>): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    this.#failure = null;
    try {
      this.#link = await act();
      return true;
    } catch (thrown) {
      this.#failure = Failure.of(thrown);
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
