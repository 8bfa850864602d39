import type { Delivery, SharedFile } from '$lib/api/review';
import { allOpen, rows } from '$lib/order/tree';
import { SvelteMap } from 'svelte/reactivity';

/** A file of a delivery, by id. */
export interface FileAddress {
  /** 0 for the latest delivery with the file. */
  delivery: number;
  file: string;
}

/** The parts of the browser's window that Viewing uses. */
export interface Place {
  location: Pick<Location, 'hash' | 'pathname' | 'search'>;
  history: Pick<History, 'state' | 'back' | 'pushState' | 'replaceState'>;
  addEventListener(type: 'popstate' | 'hashchange', heard: () => void): void;
  removeEventListener(type: 'popstate' | 'hashchange', heard: () => void): void;
}

/**
 * Viewing is the file in the preview. The page's address holds it as
 * #file=ID&delivery=N, so Back closes the preview and every file has a link.
 */
export class Viewing {
  readonly #place: Place;
  #at = $state.raw<FileAddress | null>(null);
  readonly #orders = new SvelteMap<number, readonly SharedFile[]>();

  constructor(place: Place = window) {
    this.#place = place;
    this.#read();
  }

  /** The file in the address; null for none. */
  get at(): FileAddress | null {
    return this.#at;
  }

  /** Follows the address until the returned function is called. */
  start(): () => void {
    const heard = () => this.#read();
    this.#place.addEventListener('popstate', heard);
    this.#place.addEventListener('hashchange', heard);
    return () => {
      this.#place.removeEventListener('popstate', heard);
      this.#place.removeEventListener('hashchange', heard);
    };
  }

  /** Shows a file. It replaces the address of another file, so that Back closes the preview at once. */
  open(at: FileAddress): void {
    const { history } = this.#place;
    if (this.#at) history.replaceState(history.state, '', hashOf(at));
    else history.pushState({ preview: true }, '', hashOf(at));
    this.#at = at;
  }

  close(): void {
    if (!this.#at) return;
    const { history, location } = this.#place;
    this.#at = null;
    // A preview that was opened by a link has no page of ours in the history.
    if ((history.state as { preview?: boolean } | null)?.preview) history.back();
    else history.replaceState(null, '', location.pathname + location.search);
  }

  /** Sets the order in which a delivery's files are shown. */
  order(delivery: number, files: readonly SharedFile[]): void {
    this.#orders.set(delivery, files);
  }

  /** The files to step through from a file: those of its list, or all files if the list hides it. */
  beside(delivery: Delivery, file: string): readonly SharedFile[] {
    const shown = this.#orders.get(delivery.number) ?? [];
    if (shown.some(({ id }) => id === file)) return shown;
    return rows(delivery.files, allOpen, delivery.arranged ?? false).flatMap((row) =>
      row.kind === 'file' ? row.file : [],
    );
  }

  #read(): void {
    this.#at = addressIn(this.#place.location.hash);
  }
}

export function addressIn(hash: string): FileAddress | null {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const file = words.get('file');
  if (!file) return null;
  const delivery = Number(words.get('delivery') ?? 0);
  return { file, delivery: Number.isSafeInteger(delivery) && delivery > 0 ? delivery : 0 };
}

export function hashOf({ delivery, file }: FileAddress): string {
  const words = new URLSearchParams({ file });
  if (delivery > 0) words.set('delivery', String(delivery));
  return `#${words}`;
}

/** The delivery and the file of an address; undefined if the file does not exist. */
export function found(
  at: FileAddress,
  deliveries: readonly Delivery[],
): { delivery: Delivery; file: SharedFile } | undefined {
  for (const delivery of [...deliveries].sort((a, b) => b.number - a.number)) {
    if (at.delivery > 0 && delivery.number !== at.delivery) continue;
    const file = delivery.files.find(({ id }) => id === at.file);
    if (file) return { delivery, file };
  }
  return undefined;
}
