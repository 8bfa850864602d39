import { kept } from '../base/draftStorage';
import type { Sort } from './list';

export type Look = 'list' | 'grid';

const SORTS: readonly string[] = ['given', 'name', 'size', 'type'];

/** Choice is how this browser lists files, in every order. */
class Choice {
  #kept = kept('all', 'files');
  #sort = $state<Sort>('given');
  #look = $state<Look>('list');

  constructor() {
    const [sort = '', look] = this.#kept.get().split(' ');
    if (SORTS.includes(sort)) this.#sort = sort as Sort;
    if (look === 'grid') this.#look = look;
  }

  get sort(): Sort {
    return this.#sort;
  }

  set sort(sort: Sort) {
    this.#sort = sort;
    this.#kept.set(`${this.#sort} ${this.#look}`);
  }

  get look(): Look {
    return this.#look;
  }

  set look(look: Look) {
    this.#look = look;
    this.#kept.set(`${this.#sort} ${this.#look}`);
  }
}

export const choice = new Choice();
