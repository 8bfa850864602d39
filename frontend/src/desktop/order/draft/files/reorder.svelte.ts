import { notices } from '$lib/ui/notices.svelte';
import { m } from '$lib/paraglide/messages';
import { shownOrder, siblings } from '$lib/order/arrange';
import { fileName } from '$lib/format/text';
import type { OrderDesk } from '../../desk.svelte';

/** The target of a dragged row: before or after another row. */
export interface Target {
  key: string;
  after: boolean;
}

/**
 * Reorder moves the rows of a draft's files among their siblings, by pointer
 * and by keyboard. It knows the keys of the rows, but not their positions on
 * screen.
 */
export class Reorder {
  #desk: OrderDesk;
  #dragged = $state('');
  #target = $state.raw<Target | null>(null);

  constructor(desk: OrderDesk) {
    this.#desk = desk;
  }

  /** The key of the row being dragged; '' for none. */
  get dragged(): string {
    return this.#dragged;
  }

  get target(): Target | null {
    return this.#target;
  }

  begin(key: string): void {
    this.#dragged = key;
  }

  /** Handles the pointer over a row. A row of another folder is not a target. */
  over(target: Target | null): void {
    const fits = target && target.key !== this.#dragged && this.#siblings(this.#dragged).includes(target.key);
    this.#target = fits ? target : null;
  }

  cancel(): void {
    this.#dragged = '';
    this.#target = null;
  }

  async drop(): Promise<void> {
    const key = this.#dragged;
    const target = this.#target;
    this.cancel();
    if (!key || !target) return;
    const others = this.#siblings(key).filter((sibling) => sibling !== key);
    await this.#move(key, others.indexOf(target.key) + (target.after ? 1 : 0));
  }

  /** Moves a row by a number of places. Resolves to whether it moved. */
  async by(key: string, places: number): Promise<boolean> {
    return this.#move(key, Math.max(0, this.#siblings(key).indexOf(key) + places));
  }

  async #move(key: string, to: number): Promise<boolean> {
    if (!(await this.#desk.move(key, to))) return false;
    const all = this.#siblings(key);
    notices.speak(m.draft_moved({ name: fileName(key), n: all.indexOf(key) + 1, of: all.length }));
    return true;
  }

  #siblings(key: string): string[] {
    const draft = this.#desk.draft;
    return draft ? siblings(shownOrder(draft.files, draft.arranged), key) : [];
  }
}
