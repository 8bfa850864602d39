import { Action } from '$lib/api/action.svelte';
import type { Bound } from '$lib/api/bound';
import { Failure } from '$lib/api/failure';
import type { Limits, Transfer, TransferList } from '$lib/api/views';

/** The least time between two looks at the queue, in milliseconds. */
const PAUSE = 500;

type TransfersApi = Pick<
  Bound,
  | 'Transfers'
  | 'PauseTransfers'
  | 'ResumeTransfers'
  | 'MoveTransferToFront'
  | 'MoveTransferUp'
  | 'SetLimits'
  | 'Retry'
  | 'Detach'
  | 'Restore'
>;

/** The files of one order that are on their way. */
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

  /** Told of everything that goes wrong with what the seller did. */
  onfailure: (failure: Failure) => void = () => {};

  constructor(api: TransfersApi) {
    this.#api = api;
  }

  /** null until it was loaded for the first time. */
  get list(): TransferList | null {
    return this.#list;
  }

  /** By order, each where its first file stands in the queue. */
  get groups(): readonly TransferGroup[] {
    return this.#groups;
  }

  /** Why nothing could be loaded; null once something was. */
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

  /** What goes next: nothing can go earlier. */
  get next(): Transfer | undefined {
    return this.#list?.transfers.find(({ state }) => state !== 'running' && state !== 'problem');
  }

  /** Whether something moves now. */
  get running(): boolean {
    return this.#list?.transfers.some(({ state }) => state === 'running') ?? false;
  }

  /** Whether everything that could go waits because the network is metered. */
  get metered(): boolean {
    const list = this.#list;
    if (!list || list.paused || !(list.limits.metered || list.limits.pauseMetered)) return false;
    const could = list.transfers.filter(({ state }) => state !== 'problem');
    return could.length > 0 && could.every(({ state }) => state === 'paused');
  }

  /** Something may have moved: looks now, or soon when it has just looked. */
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
      const list = await this.#api.Transfers();
      if (asked === this.#asked) this.#take(list);
    } catch (thrown) {
      if (asked === this.#asked && this.#list === null) this.#failure = Failure.of(thrown);
    }
  }

  /** One file; all of an order without a path; all orders without an order. */
  pause(order = '', path = ''): Promise<boolean> {
    return this.#doing(() => this.#api.PauseTransfers(order, path));
  }

  resume(order = '', path = ''): Promise<boolean> {
    return this.#doing(() => this.#api.ResumeTransfers(order, path));
  }

  toFront(order: string, path: string): Promise<boolean> {
    return this.#doing(() => this.#api.MoveTransferToFront(order, path));
  }

  up(order: string, path: string): Promise<boolean> {
    return this.#doing(() => this.#api.MoveTransferUp(order, path));
  }

  limit(limits: Limits): Promise<boolean> {
    return this.#doing(() => this.#api.SetLimits(limits));
  }

  retry(order: string, path: string): Promise<boolean> {
    return this.#after(() => this.#api.Retry(order, path));
  }

  /** Takes a file out of its draft; restore takes that back for a while. */
  remove(order: string, path: string): Promise<boolean> {
    return this.#after(() => this.#api.Detach(order, path));
  }

  restore(order: string, path: string): Promise<boolean> {
    return this.#after(() => this.#api.Restore(order, path));
  }

  /** Forgets what belongs to the account that was signed out. */
  clear(): void {
    this.#asked++;
    this.#list = null;
    this.#failure = null;
  }

  #after(act: () => Promise<unknown>): Promise<boolean> {
    return this.#doing(async () => {
      await act();
      return this.#api.Transfers();
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
