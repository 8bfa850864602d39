import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { OrderRow } from '$lib/api/views';
import { groupOf, inGroup, matches, type Filter, type Group } from './filter';

/** Orders is the list of orders, with what of it is shown. */
export class Orders {
  #api: Pick<Bound, 'Orders'>;
  #all = $state.raw<OrderRow[] | null>(null);
  #asOf = $state('');
  #failure = $state.raw<Failure | null>(null);
  #asked = 0;
  #matching = $derived((this.#all ?? []).filter((order) => matches(order, this.query)));

  filter = $state<Filter>('all');
  query = $state('');

  constructor(api: Pick<Bound, 'Orders'>) {
    this.#api = api;
  }

  /** null until they were loaded for the first time. */
  get all(): readonly OrderRow[] | null {
    return this.#all;
  }

  /** When the server gave this list. */
  get asOf(): string {
    return this.#asOf;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  get late(): number {
    return (this.#all ?? []).filter((order) => order.late).length;
  }

  /** The orders that wait for the seller's work. */
  get owed(): OrderRow[] {
    return (this.#all ?? []).filter((order) => order.canDeliver && groupOf(order) === 'to_deliver');
  }

  count(filter: Filter): number {
    return (this.#all ?? []).filter((order) => filter === 'all' || groupOf(order) === filter).length;
  }

  /** The shown orders of a group. */
  group(group: Group): OrderRow[] {
    return this.filter === 'all' || this.filter === group ? inGroup(this.#matching, group) : [];
  }

  /** Loads the list; of several answers under way the last one asked for counts. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const list = await this.#api.Orders();
      if (asked !== this.#asked) return;
      this.#all = list.orders;
      this.#asOf = list.asOf;
      this.#failure = null;
    } catch (thrown) {
      if (asked === this.#asked) this.#failure = Failure.of(thrown);
    }
  }

  /** Forgets what belongs to the account that was signed out. */
  clear(): void {
    this.#asked++;
    this.#all = null;
    this.#failure = null;
    this.filter = 'all';
    this.query = '';
  }
}
