import { draftStorage } from '../base/draftStorage';
import type { Sort } from './list';

export type Look = 'list' | 'grid';

const SORTS: readonly string[] = ['given', 'name', 'size', 'type'];

/** Choice is this browser's setting for file lists, shared by all orders. */
class Choice {
  #storage = draftStorage('all', 'files');
  #sort = $state<Sort>('given');
  #look = $state<Look>('list');

  constructor() {
    const [sort = '', look] = this.#storage.get().split(' ');
    if (SORTS.includes(sort)) this.#sort = sort as Sort;
    if (look === 'grid') this.#look = look;
  }

  get sort(): Sort {
    return this.#sort;
  }

  set sort(sort: Sort) {
    this.#sort = sort;
    this.#storage.set(`${this.#sort} ${this.#look}`);
  }

  get look(): Look {
    return this.#look;
  }

  set look(look: Look) {
    this.#look = look;
    this.#storage.set(`${this.#sort} ${this.#look}`);
  }
}

export const choice = new Choice();
