import { SvelteSet } from 'svelte/reactivity';
import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { OrderRow } from '$lib/api/views';
import {
  finder,
  groupOf,
  groups,
  has,
  inGroup,
  traits,
  type Filter,
  type Group,
  type Order,
  type Trait,
} from './filter';

/** Orders is the list of orders with its filters. */
export class Orders {
  #api: Pick<Bound['Orders'], 'List'>;
  #rows = new Map<string, OrderRow>();
  #all = $state.raw<readonly OrderRow[] | null>(null);
  #whole = $state(false);
  #asOf = $state('');
  #failure = $state.raw<Failure | null>(null);
  #mark = 0;
  #wanted = false;
  #loading: Promise<void> | null = null;
  #life = 0;
  #traits = new SvelteSet<Trait>();
  #matching = $derived.by(() => this.#match());
  #counts = $derived.by(() => countAll(this.#all ?? []));

  filter = $state<Filter>('all');
  by = $state<Order>('next');
  query = $state('');
  /** The id of the row in the tab order; '' for the first. */
  active = $state('');
  /** The scroll position, for the return to the list. */
  scrolled = 0;

  constructor(api: Pick<Bound['Orders'], 'List'>) {
    this.#api = api;
  }

  /** null until loaded. */
  get all(): readonly OrderRow[] | null {
    return this.#all;
  }

  /** Whether all orders are loaded. A long list arrives in parts. */
  get whole(): boolean {
    return this.#whole;
  }

  /** The time of the server's answer. */
  get asOf(): string {
    return this.#asOf;
  }

  /** The error of the last load. */
  get failure(): Failure | null {
    return this.#failure;
  }

  get late(): number {
    return this.#counts.late;
  }

  get unread(): number {
    return this.#counts.unread;
  }

  /** The orders that the seller must deliver. */
  get owed(): OrderRow[] {
    return (this.#all ?? []).filter((order) => order.canDeliver && groupOf(order) === 'to_deliver');
  }

  /** The active traits. */
  get traits(): ReadonlySet<Trait> {
    return this.#traits;
  }

  /** The order in the list. */
  row(id: string): OrderRow | undefined {
    return this.#all === null ? undefined : this.#rows.get(id);
  }

  count(filter: Filter): number {
    return this.#counts[filter];
  }

  /** How many orders have the trait; active traits do not count. */
  having(trait: Trait): number {
    return this.#counts.having[trait][this.filter];
  }

  toggle(trait: Trait): void {
    if (!this.#traits.delete(trait)) this.#traits.add(trait);
  }

  /** Clears the search and the traits, but not the filter of the sidebar. */
  widen(): void {
    this.query = '';
    this.#traits.clear();
  }

  /** The shown orders of a group. */
  group(group: Group): OrderRow[] {
    return this.filter === 'all' || this.filter === group ? inGroup(this.#matching, group, this.by) : [];
  }

  /** Loads the changes, or the whole list the first time. */
  load(): Promise<void> {
    this.#wanted = true;
    return (this.#loading ??= this.#run());
  }

  /** Clears the data of the account after a sign-out. */
  clear(): void {
    this.#life++;
    this.#mark = 0;
    this.#rows.clear();
    this.#all = null;
    this.#whole = false;
    this.#failure = null;
    this.filter = 'all';
    this.active = '';
    this.scrolled = 0;
    this.widen();
  }

  /** Requests run one after another, because each starts at the mark of the last answer. */
  async #run(): Promise<void> {
    while (this.#wanted) {
      this.#wanted = false;
      await this.#take();
    }
    this.#loading = null;
  }

  async #take(): Promise<void> {
    const life = this.#life;
    try {
      for (let more = true; more;) {
        const part = await this.#api.List(this.#mark);
        if (life !== this.#life) return;
        if (part.anew) this.#rows.clear();
        for (const order of part.orders) this.#rows.set(order.id, order);
        for (const id of part.gone) this.#rows.delete(id);
        const some = part.anew || part.orders.length > 0 || part.gone.length > 0;
        more = part.more;
        this.#mark = part.mark;
        this.#asOf = part.asOf;
        // Show the first part at once, and all others together.
        if ((some && !more) || this.#all === null) this.#all = [...this.#rows.values()];
      }
      this.#whole = true;
      this.#failure = null;
    } catch (thrown) {
      if (life === this.#life) this.#failure = Failure.of(thrown);
    }
  }

  #match(): readonly OrderRow[] {
    const all = this.#all ?? [];
    const found = finder(this.query);
    const wanted = [...this.#traits];
    return all.filter((order) => wanted.every((trait) => has(order, trait)) && found(order));
  }
}

function countAll(all: readonly OrderRow[]) {
  const none = () => ({ all: 0, to_deliver: 0, in_review: 0, done: 0 });
  const having = { late: none(), in_revision: none(), unread: none() };
  const counts = { ...none(), having, late: 0, unread: 0 };
  for (const order of all) {
    const group = groupOf(order);
    counts[group]++;
    for (const trait of traits)
      if (has(order, trait)) {
        having[trait][group]++;
        having[trait].all++;
      }
  }
  counts.all = groups.reduce((sum, group) => sum + counts[group], 0);
  counts.late = having.late.all;
  counts.unread = having.unread.all;
  return counts;
}
