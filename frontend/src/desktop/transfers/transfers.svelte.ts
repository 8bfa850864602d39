import { Action } from '$lib/api/action.svelte';
import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { Limits, Transfer, TransferList } from '$lib/api/views';

/** The minimum time between two loads of the queue, in milliseconds. */
const PAUSE = 500;

interface TransfersApi {
  Transfers: Bound['Transfers'];
  Drafts: Pick<Bound['Drafts'], 'Retry' | 'Detach' | 'Restore'>;
}

/** The unfinished uploads of one order. */
export interface TransferGroup {
  order: string;
  title: string;
  paused: boolean;
  transfers: Transfer[];
}

/** Transfers is the queue of uploads across all orders. */
export class Transfers {
  #api: TransfersApi;
  #list = $state.raw<TransferList | null>(null);
  #failure = $state.raw<Failure | null>(null);
  #action = new Action();
  #asked = 0;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #again = false;
  #groups = $derived(grouped(this.#list));

  /** Called with the error of a failed action. */
  onfailure: (failure: Failure) => void = () => {};

  constructor(api: TransfersApi) {
    this.#api = api;
  }

  /** null until loaded. */
  get list(): TransferList | null {
    return this.#list;
  }

  /** By order, in the order of their first files in the queue. */
  get groups(): readonly TransferGroup[] {
    return this.#groups;
  }

  /** The error of the load; null after a successful one. */
  get failure(): Failure | null {
    return this.#failure;
  }

  get busy(): boolean {
    return this.#action.busy;
  }

  get count(): number {
    return this.#list?.transfers.length ?? 0;
  }

  get problems(): number {
    return this.#list?.transfers.filter(({ state }) => state === 'problem').length ?? 0;
  }

  /** The next upload; it cannot move further up. */
  get next(): Transfer | undefined {
    return this.#list?.transfers.find(({ state }) => state !== 'running' && state !== 'problem');
  }

  /** Whether an upload is running. */
  get running(): boolean {
    return this.#list?.transfers.some(({ state }) => state === 'running') ?? false;
  }

  /** Whether all uploads wait because the network is metered. */
  get metered(): boolean {
    const list = this.#list;
    if (!list || list.paused || !(list.limits.metered || list.limits.pauseMetered)) return false;
    const could = list.transfers.filter(({ state }) => state !== 'problem');
    return could.length > 0 && could.every(({ state }) => state === 'paused');
  }

  /** The queue may have changed: loads it now, or soon after a recent load. */
  hear(): void {
    if (this.#resting !== undefined) {
      this.#again = true;
      return;
    }
    void this.load();
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.hear();
    }, PAUSE);
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const list = await this.#api.Transfers.List();
      if (asked === this.#asked) this.#take(list);
    } catch (thrown) {
      if (asked === this.#asked && this.#list === null) this.#failure = Failure.of(thrown);
    }
  }

  /** Pauses one file; without a path the whole order; without an order all uploads. */
  pause(order = '', path = ''): Promise<boolean> {
    return this.#doing(() => this.#api.Transfers.Pause(order, path));
  }

  resume(order = '', path = ''): Promise<boolean> {
    return this.#doing(() => this.#api.Transfers.Resume(order, path));
  }

  toFront(order: string, path: string): Promise<boolean> {
    return this.#doing(() => this.#api.Transfers.MoveToFront(order, path));
  }

  up(order: string, path: string): Promise<boolean> {
    return this.#doing(() => this.#api.Transfers.MoveUp(order, path));
  }

  limit(limits: Limits): Promise<boolean> {
    return this.#doing(() => this.#api.Transfers.SetLimits(limits));
  }

  retry(order: string, path: string): Promise<boolean> {
    return this.#after(() => this.#api.Drafts.Retry(order, path));
  }

  /** Takes a file out of its draft; restore takes that back for a while. */
  remove(order: string, path: string): Promise<boolean> {
    return this.#after(() => this.#api.Drafts.Detach(order, path));
  }

  restore(order: string, path: string): Promise<boolean> {
    return this.#after(() => this.#api.Drafts.Restore(order, path));
  }

  /** Clears the data of the account after a sign-out. */
  clear(): void {
    this.#asked++;
    this.#list = null;
    this.#failure = null;
  }

  #after(act: () => Promise<unknown>): Promise<boolean> {
    return this.#doing(async () => {
      await act();
      return this.#api.Transfers.List();
    });
  }

  #doing(act: () => Promise<TransferList>): Promise<boolean> {
    const step = async () => {
      const list = await act();
      this.#asked++;
      this.#take(list);
    };
    return this.#action.run(step, (failure) => this.onfailure(failure));
  }

  #take(list: TransferList): void {
    this.#list = list;
    this.#failure = null;
  }
}

function grouped(list: TransferList | null): TransferGroup[] {
  const groups = new Map<string, TransferGroup>();
  for (const transfer of list?.transfers ?? []) {
    const { order, title } = transfer;
    const group = groups.get(order) ?? {
      order,
      title,
      paused: list?.pausedOrders.includes(order) ?? false,
      transfers: [],
    };
    group.transfers.push(transfer);
    groups.set(order, group);
  }
  return [...groups.values()];
}
