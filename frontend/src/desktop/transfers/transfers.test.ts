import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '$lib/api/failure';
import type { Draft, Limits, Transfer, TransferList } from '$lib/api/views';
import { Transfers } from './transfers.svelte';

const limits: Limits = { up: 0, parallel: 3, schedule: [], yield: false, metered: false, pauseMetered: false };
const one = (order: string, path: string, state: Transfer['state'] = 'waiting'): Transfer => ({
  order,
  title: order,
  path,
  size: 2,
  sent: 1,
  state,
  problem: { code: '', message: '' },
  retryAt: '',
  rate: 0,
  seconds: -1,
});
const listOf = (transfers: Transfer[], more: Partial<TransferList> = {}): TransferList => ({
  transfers,
  paused: false,
  pausedOrders: [],
  progress: { sent: 0, total: 0, rate: 0, seconds: -1 },
  limits,
  speed: [],
  speedSpan: 3,
  ...more,
});

function setUp(list: () => Promise<TransferList>) {
  const calls: string[] = [];
  const call =
    (name: string) =>
    (...args: unknown[]) => {
      calls.push([name, ...args].join(' ').trim());
      return list();
    };
  const transfers = new Transfers({
    Transfers: {
      List: call('look'),
      Pause: call('pause'),
      Resume: call('resume'),
      MoveToFront: call('front'),
      MoveUp: call('up'),
      SetLimits: call('limit'),
    },
    Drafts: {
      Retry: (id, path) => (calls.push(`retry ${id} ${path}`), Promise.resolve({} as Draft)),
      Detach: (id, path) => (calls.push(`detach ${id} ${path}`), Promise.resolve({} as Draft)),
      Restore: (id, path) => (calls.push(`restore ${id} ${path}`), Promise.resolve({} as Draft)),
    },
  });
  const failures: string[] = [];
  transfers.onfailure = ({ code }) => failures.push(code);
  return { transfers, calls, failures };
}

describe('the queue', () => {
  it('groups by order, each where its first file stands', async () => {
    const list = listOf([one('b', '1'), one('a', '2'), one('b', '3', 'problem')], { pausedOrders: ['a'] });
    const { transfers } = setUp(() => Promise.resolve(list));
    await transfers.load();
    const shown = transfers.groups.map(({ order, paused, transfers }) => [order, paused, transfers.map((t) => t.path)]);
    expect(shown).toEqual([
      ['b', false, ['1', '3']],
      ['a', true, ['2']],
    ]);
    expect([transfers.count, transfers.problems, transfers.running]).toEqual([3, 1, false]);
  });

  it('tells a network that is metered from what the seller paused', async () => {
    const paused = [one('a', '1', 'paused'), one('a', '2', 'problem')];
    let list = listOf(paused, { limits: { ...limits, pauseMetered: true } });
    const { transfers } = setUp(() => Promise.resolve(list));
    await transfers.load();
    expect(transfers.metered).toBe(true);
    for (const other of [
      { ...list, paused: true },
      { ...list, limits },
      { ...list, transfers: [...paused, one('a', '3')] },
      { ...list, transfers: [one('a', '2', 'problem')] },
    ]) {
      list = other;
      await transfers.load();
      expect(transfers.metered).toBe(false);
    }
  });

  it('asks for one, an order and all, and says what is refused', async () => {
    let answer = () => Promise.resolve(listOf([]));
    const { transfers, calls, failures } = setUp(() => answer());
    await transfers.pause('a', 'b');
    await transfers.resume('a');
    await transfers.pause();
    await transfers.toFront('a', 'b');
    await transfers.retry('a', 'b');
    expect(calls).toEqual(['pause a b', 'resume a', 'pause', 'front a b', 'retry a b', 'look']);
    answer = () => Promise.reject(new Failure('conflict', ''));
    expect([await transfers.resume('a'), failures, transfers.busy]).toEqual([false, ['conflict'], false]);
  });

  it('does not let an older look undo what was just done', async () => {
    let looked: (list: TransferList) => void = () => {};
    let first = true;
    const { transfers } = setUp(() =>
      first ? ((first = false), new Promise((done) => (looked = done))) : Promise.resolve(listOf([], { paused: true })),
    );
    const load = transfers.load();
    await transfers.pause();
    looked(listOf([]));
    await load;
    expect(transfers.list?.paused).toBe(true);
  });
});

describe('hearing of uploads', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('looks at once, then at most twice a second, and last after the last', async () => {
    const { transfers, calls } = setUp(() => Promise.resolve(listOf([])));
    for (let i = 0; i < 20; i++) {
      transfers.hear();
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(calls.length).toBe(3);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(calls.length).toBe(3);
    transfers.hear();
    expect(calls.length).toBe(4);
  });
});
