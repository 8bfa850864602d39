import { Action } from '$lib/api/action.svelte';
import { Failure } from '$lib/api/failure';
import type { Listener } from '$lib/api/live';
import { Retry } from '$lib/api/retry';
import type { Delivery, Order } from '$lib/api/review';
import type { Clock } from '$lib/format/clock.svelte';

export interface Api {
  order(): Promise<Order>;
  accept(): Promise<Order>;
  requestChanges(message: string, points: string[]): Promise<Order>;
  extend(days: number): Promise<Order>;
  proposeCancellation(message: string): Promise<Order>;
  agreeCancellation(): Promise<Order>;
  declineCancellation(): Promise<Order>;
  withdrawCancellation(): Promise<Order>;
  clearingPeriod(): Promise<number>;
  follow(listener: Listener): () => void;
}

export type Condition = 'loading' | 'shown' | 'gone' | 'away';
export type Asking = 'nothing' | 'accept' | 'changes' | 'extend' | 'propose' | 'agree' | 'decline' | 'withdraw';
export type Done = Exclude<Asking, 'nothing'>;

/** Review is one order as its buyer sees it, with the buyer's answers. */
export class Review {
  #api: Api;
  #clock: Pick<Clock, 'follow' | 'now'>;
  #order = $state.raw<Order | null>(null);
  #condition = $state<Condition>('loading');
  /** Whether the order could not be loaded, and whether its events do not arrive. */
  #unasked = $state(false);
  #unheard = $state(false);
  #asOf = $state('');
  #asking = $state<Asking>('nothing');
  #action = new Action();
  #refusal = $state<'conflict' | 'failed' | null>(null);
  #clearing = $state(NaN);
  #asked = 0;
  #retry = new Retry();
  #latest = $derived<Delivery | undefined>(newestFirst(this.#order)[0]);
  #earlier = $derived<Delivery[]>(newestFirst(this.#order).slice(1));

  /** Called after the server accepted an answer. */
  ondone: (done: Done, order: Order) => void = () => {};
  /** Called when someone else or a deadline changed the order. */
  onchanged: () => void = () => {};
  /** Called with every order that the server returns. */
  ontaken: (order: Order) => void = () => {};
  /** Called when drafts of comments changed, here or elsewhere. */
  oncommented: () => void = () => {};

  constructor(api: Api, clock: Pick<Clock, 'follow' | 'now'>) {
    this.#api = api;
    this.#clock = clock;
  }

  get order(): Order | null {
    return this.#order;
  }

  get condition(): Condition {
    return this.#condition;
  }

  /** Whether the page is disconnected and may show old data. */
  get stale(): boolean {
    return this.#condition === 'shown' && (this.#unasked || this.#unheard);
  }

  /** The time of the shown data, if it may be old. */
  get asOf(): string {
    return this.#asOf;
  }

  get asking(): Asking {
    return this.#asking;
  }

  get busy(): boolean {
    return this.#action.busy;
  }

  /** The error of the last answer. */
  get refusal(): 'conflict' | 'failed' | null {
    return this.#refusal;
  }

  get latest(): Delivery | undefined {
    return this.#latest;
  }

  get earlier(): readonly Delivery[] {
    return this.#earlier;
  }

  /**
   * When the payment would clear if the order were completed at that time, in
   * milliseconds; NaN while the clearing period is unknown.
   */
  clears(completed: number): number {
    return completed + this.#clearing;
  }

  can(action: Order['allowed'][number]): boolean {
    return this.#order?.allowed.includes(action) ?? false;
  }

  /** Loads the order and follows it until the returned function is called. */
  start(): () => void {
    let stop = () => {};
    let stopped = false;
    this.#api.clearingPeriod().then(
      (period) => (this.#clearing = period),
      () => {}, // the page then shows no date
    );
    void this.load().then(() => {
      if (!stopped && this.#condition !== 'gone') stop = this.#api.follow(this.#listener());
    });
    return () => {
      stopped = true;
      this.#retry.stop();
      stop();
    };
  }

  #listener(): Listener {
    return {
      happened: () => void this.load(),
      commented: () => this.oncommented(),
      lost: (heard) => {
        this.#unheard = true;
        // Compare times of the server's clock; an answer that arrived since then is newer.
        const at = new Date(heard + this.#clock.now - Date.now()).toISOString();
        if (at > this.#asOf) this.#asOf = at;
      },
      found: () => {
        this.#unheard = false;
        void this.load(); // events may have been missed
      },
    };
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    this.#retry.stop();
    try {
      const order = await this.#api.order();
      if (asked !== this.#asked) return;
      const changed = this.#order !== null && order.version !== this.#order.version;
      this.take(order);
      if (changed) this.onchanged();
    } catch (thrown) {
      if (asked === this.#asked) this.#lost(Failure.of(thrown));
    }
  }

  ask(what: Done): void {
    this.#refusal = null;
    this.#asking = what;
  }

  dismiss(): void {
    if (!this.#action.busy) this.#asking = 'nothing';
  }

  accept(): Promise<void> {
    return this.#answer('accept', () => this.#api.accept());
  }

  /** points are the ids of the comments to send. */
  requestChanges(message: string, points: string[]): Promise<void> {
    return this.#answer('changes', () => this.#api.requestChanges(message, points));
  }

  extend(days: number): Promise<void> {
    return this.#answer('extend', () => this.#api.extend(days));
  }

  proposeCancellation(message: string): Promise<void> {
    return this.#answer('propose', () => this.#api.proposeCancellation(message.trim()));
  }

  agreeCancellation(): Promise<void> {
    return this.#answer('agree', () => this.#api.agreeCancellation());
  }

  declineCancellation(): Promise<void> {
    return this.#answer('decline', () => this.#api.declineCancellation());
  }

  withdrawCancellation(): Promise<void> {
    return this.#answer('withdraw', () => this.#api.withdrawCancellation());
  }

  async #answer(done: Done, send: () => Promise<Order>): Promise<void> {
    const step = async () => {
      this.#refusal = null;
      this.#asked++;
      const order = await send();
      this.take(order);
      this.#asking = 'nothing';
      this.ondone(done, order);
    };
    await this.#action.run(step, (failure) => this.#refused(failure));
  }

  async #refused(failure: Failure): Promise<void> {
    if (failure.code === 'gone') return this.#lost(failure);
    this.#refusal = failure.code === 'conflict' ? 'conflict' : 'failed';
    if (failure.code !== 'conflict') return;
    this.#asking = 'nothing';
    await this.load();
  }

  /** Applies the order from an answer of the server. */
  take(order: Order): void {
    this.#asked++; // answers that are still pending are older
    this.#clock.follow(order.server_time);
    this.#order = keeping(this.#order, order);
    this.#asOf = order.server_time;
    this.#condition = 'shown';
    this.#unasked = false;
    this.#retry.settled();
    this.ontaken(order);
  }

  #lost(failure: Failure): void {
    if (failure.code === 'gone') {
      this.#condition = 'gone';
      return;
    }
    if (this.#order) this.#unasked = true;
    else this.#condition = 'away';
    this.#retry.later(() => void this.load());
  }
}

/**
 * Merges the new order into the old one. Unchanged parts stay the same objects,
 * so that nothing on screen restarts.
 */
function keeping(before: Order | null, now: Order): Order {
  const same = (delivery: Delivery) => {
    const known = before?.deliveries.find(({ number }) => number === delivery.number);
    return known && JSON.stringify(known) === JSON.stringify(delivery) ? known : delivery;
  };
  return { ...now, deliveries: now.deliveries.map(same) };
}

function newestFirst(order: Order | null): Delivery[] {
  return order ? [...order.deliveries].sort((a, b) => b.number - a.number) : [];
}
