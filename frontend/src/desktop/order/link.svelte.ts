import { Action } from '$lib/api/action.svelte';
import type { Bound } from '$lib/api/bound';
import type { Failure } from '$lib/api/failure';
import type { BuyerLink } from '$lib/api/views';

type LinkApi = Pick<Bound['Orders'], 'BuyerLink' | 'RenewBuyerLink' | 'RevokeBuyerLink'>;

/** Link is the buyer's link to one order. */
export class Link {
  #api: LinkApi;
  #id: string;
  #link = $state.raw<BuyerLink | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #action = new Action();

  constructor(id: string, api: LinkApi) {
    this.#id = id;
    this.#api = api;
  }

  /** null until loaded. */
  get link(): BuyerLink | null {
    return this.#link;
  }

  /** The error of the last action. */
  get failure(): Failure | null {
    return this.#failure;
  }

  get busy(): boolean {
    return this.#action.busy;
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

  #doing(act: () => Promise<BuyerLink>): Promise<boolean> {
    const step = async () => {
      this.#failure = null;
      this.#link = await act();
    };
    return this.#action.run(step, (failure) => (this.#failure = failure));
  }
}
