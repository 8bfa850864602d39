import { Action } from '$lib/api/action.svelte';
import type { ViewLink, ViewLinks } from '$lib/api/review';

export interface ShareApi {
  viewLinks(): Promise<ViewLinks>;
  shareToLook(name: string): Promise<ViewLinks>;
  endSharing(number: number): Promise<ViewLinks>;
}

/** Sharing holds the view-only links of one order. */
export class Sharing {
  #api: ShareApi;
  #known = $state.raw<ViewLinks | null>(null);
  #made = $state.raw<ViewLink | null>(null);
  #action = new Action();
  #failed = $state(false);

  constructor(api: ShareApi) {
    this.#api = api;
  }

  /** Newest first; null until loaded. */
  get links(): readonly ViewLink[] | null {
    return this.#known && [...this.#known.links].reverse();
  }

  /** Whether the maximum number of links is reached. */
  get full(): boolean {
    return this.#known !== null && this.#known.links.length >= this.#known.most;
  }

  /** The maximum number of active links. */
  get most(): number {
    return this.#known?.most ?? 0;
  }

  /** The link that was created last, while it is active. */
  get made(): ViewLink | null {
    return this.#made;
  }

  get busy(): boolean {
    return this.#action.busy;
  }

  /** Whether the last action failed. */
  get failed(): boolean {
    return this.#failed;
  }

  load(): Promise<boolean> {
    return this.#doing(() => this.#api.viewLinks());
  }

  async share(name: string): Promise<boolean> {
    if (!(await this.#doing(() => this.#api.shareToLook(name.trim())))) return false;
    this.#made = this.#known?.links.at(-1) ?? null;
    return true;
  }

  async end(link: ViewLink): Promise<boolean> {
    if (!(await this.#doing(() => this.#api.endSharing(link.number)))) return false;
    if (this.#made?.number === link.number) this.#made = null;
    return true;
  }

  #doing(act: () => Promise<ViewLinks>): Promise<boolean> {
    const step = async () => {
      this.#failed = false;
      this.#known = await act();
    };
    return this.#action.run(step, async ({ code }) => {
      this.#failed = true;
      // Another page with the same link was faster.
      if (code === 'conflict' || code === 'gone') this.#known = await this.#api.viewLinks().catch(() => this.#known);
    });
  }
}
