import { Failure } from '$lib/api/failure';
import type { ViewLink, ViewLinks } from '$lib/api/review';

export interface ShareApi {
  viewLinks(): Promise<ViewLinks>;
  shareToLook(name: string): Promise<ViewLinks>;
  endSharing(number: number): Promise<ViewLinks>;
}

/** Sharing is the links with which others may look at one order. */
export class Sharing {
  #api: ShareApi;
  #known = $state.raw<ViewLinks | null>(null);
  #made = $state.raw<ViewLink | null>(null);
  #busy = $state(false);
  #failed = $state(false);

  constructor(api: ShareApi) {
    this.#api = api;
  }

  /** Newest first; null until they were loaded. */
  get links(): readonly ViewLink[] | null {
    return this.#known && [...this.#known.links].reverse();
  }

  /** Whether no more can be made. */
  get full(): boolean {
    return this.#known !== null && this.#known.links.length >= this.#known.most;
  }

  /** How many can work at once. */
  get most(): number {
    return this.#known?.most ?? 0;
  }

  /** The link that was made last, while it works. */
  get made(): ViewLink | null {
    return this.#made;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** Whether the last thing that was asked for did not work. */
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

  async #doing(act: () => Promise<ViewLinks>): Promise<boolean> {
    if (this.#busy) return false;
    this.#busy = true;
    this.#failed = false;
    try {
      this.#known = await act();
      return true;
    } catch (thrown) {
      this.#failed = true;
      // Somebody with the same link, or this page elsewhere, was quicker.
      const { code } = Failure.of(thrown);
      if (code === 'conflict' || code === 'gone') this.#known = await this.#api.viewLinks().catch(() => this.#known);
      return false;
    } finally {
      this.#busy = false;
    }
  }
}
