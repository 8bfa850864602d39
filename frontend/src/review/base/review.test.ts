import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '$lib/api/failure';
import type { Listener } from '$lib/api/live';
import type { Order } from '$lib/api/review';
import { serverRoot } from '$lib/api/root';
import { orderOf } from './address';
import { Review, type Api } from './review.svelte';

const order = (version: number, more: Partial<Order> = {}): Order => ({
  id: 'o',
  title: 't',
  buyer: { name: 'b', email: '' },
  seller: 's',
  price: { amount: '', currency: '' },
  placed_at: '',
  due_at: '',
  status: 'delivered',
  late: false,
  review_ends_at: null,
  completed_at: null,
  cancelled_at: null,
  payment: { status: 'pending', clears_at: null },
  deliveries: [],
  cancellation: null,
  change_request: null,
  extension_days_left: 7,
  allowed: ['accept'],
  version,
  server_time: '',
  ...more,
});

function setUp(answers: Partial<Api> = {}) {
  const api: Api = {
    order: async () => order(1),
    accept: async () => order(2, { status: 'completed', allowed: [] }),
    requestChanges: async () => order(2),
    extend: async () => order(2),
    proposeCancellation: async () => order(2),
    agreeCancellation: async () => order(2),
    declineCancellation: async () => order(2),
    withdrawCancellation: async () => order(2),
    clearingPeriod: async () => 1_000,
    follow: () => () => {},
    ...answers,
  };
  const told: string[] = [];
  const review = new Review(api, {
    follow: () => {},
    get now() {
      return Date.now();
    },
  });
  review.ondone = (done) => told.push(done);
  review.onchanged = () => told.push('changed');
  return { review, told };
}

describe('the buyer’s page', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('shows the newest delivery first', async () => {
    const delivery = (number: number) => ({ number, delivered_at: '', description: '', files: [], links: [] });
    const { review } = setUp({ order: async () => order(1, { deliveries: [1, 2, 3].map(delivery) }) });
    await review.load();
    expect([review.latest?.number, review.earlier.map((d) => d.number)]).toEqual([3, [2, 1]]);
  });

  it('answers once, however often it is pressed', async () => {
    const accept = vi.fn(async () => order(2, { status: 'completed' }));
    const { review, told } = setUp({ accept });
    await review.load();
    review.ask('accept');
    await Promise.all([review.accept(), review.accept()]);
    expect([accept.mock.calls.length, told, review.asking]).toEqual([1, ['accept'], 'nothing']);
  });

  it('shows how it stands after a conflict', async () => {
    let now = order(1);
    const { review, told } = setUp({
      order: async () => now,
      accept: () => Promise.reject(new Failure('conflict', '')),
    });
    await review.load();
    review.ask('accept');
    now = order(5, { status: 'in_revision' });
    await review.accept();
    expect([review.refusal, review.asking, review.order?.status, told]).toEqual([
      'conflict',
      'nothing',
      'in_revision',
      ['changed'],
    ]);
  });

  it('leaves the question open when an answer failed', async () => {
    const { review } = setUp({ accept: () => Promise.reject(new Failure('unreachable', '')) });
    await review.load();
    review.ask('accept');
    await review.accept();
    expect([review.refusal, review.asking, review.busy]).toEqual(['failed', 'accept', false]);
  });

  it('has one page for every link that does not work', async () => {
    const { review } = setUp({ order: () => Promise.reject(new Failure('gone', '')) });
    await review.load();
    expect(review.condition).toBe('gone');
  });

  it('keeps trying while the server is away, and says that it shows an old state', async () => {
    let away = true;
    const { review } = setUp({
      order: () => (away ? Promise.reject(new Failure('unreachable', '')) : Promise.resolve(order(1))),
    });
    await review.load();
    expect(review.condition).toBe('away');
    away = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(review.condition).toBe('shown');
    away = true;
    await review.load();
    expect([review.condition, review.stale]).toEqual(['shown', true]);
    away = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(review.stale).toBe(false);
  });

  it('says of when it is while nothing is heard, and loads again afterwards', async () => {
    let listener: Listener | undefined;
    const asked = vi.fn(async () => order(1, { server_time: '2026-03-01T12:00:00Z' }));
    const { review } = setUp({
      order: asked,
      follow: (told) => {
        listener = told;
        return () => {};
      },
    });
    const stop = review.start();
    await vi.advanceTimersByTimeAsync(0);
    expect([review.stale, asked.mock.calls.length]).toEqual([false, 1]);
    vi.setSystemTime('2026-03-01T12:20:05Z');
    listener?.lost(Date.parse('2026-03-01T12:20:00Z'));
    expect([review.stale, review.asOf]).toEqual([true, '2026-03-01T12:20:00.000Z']);
    listener?.found();
    await vi.advanceTimersByTimeAsync(0);
    expect([review.stale, asked.mock.calls.length]).toEqual([false, 2]);
    stop();
  });

  it('keeps the deliveries that are the same when it is loaded again', async () => {
    const delivery = (description: string) => ({ number: 1, delivered_at: '', description, files: [], links: [] });
    const answers = ['a', 'a', 'b'].map((text) => order(1, { deliveries: [delivery(text)] }));
    const { review } = setUp({ order: async () => answers.shift()! });
    await review.load();
    const first = review.latest;
    await review.load();
    expect(review.latest).toBe(first);
    await review.load();
    expect(review.latest?.description).toBe('b');
  });

  it('does not let an old answer undo a new one', async () => {
    let answer: (order: Order) => void = () => {};
    const { review } = setUp({ order: () => new Promise((resolve) => (answer = resolve)) });
    const loading = review.load();
    await review.accept();
    answer(order(1));
    await loading;
    expect(review.order?.version).toBe(2);
  });

  it('settles a cancellation, and says what was done', async () => {
    const { review, told } = setUp();
    await review.load();
    for (const done of ['propose', 'agree', 'decline', 'withdraw'] as const) review.ask(done);
    await review.proposeCancellation(' why ');
    await review.agreeCancellation();
    await review.declineCancellation();
    await review.withdrawCancellation();
    expect([told, review.asking]).toEqual([['propose', 'agree', 'decline', 'withdraw'], 'nothing']);
  });

  it('proposes with trimmed words', async () => {
    const proposeCancellation = vi.fn(async () => order(2));
    const { review } = setUp({ proposeCancellation });
    await review.proposeCancellation(' why\n');
    expect(proposeCancellation.mock.calls).toEqual([['why']]);
  });

  it('knows when a payment would clear once the server has said it', async () => {
    const { review } = setUp();
    expect(review.clears(5)).toBeNaN();
    const stop = review.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(review.clears(5)).toBe(1_005);
    stop();
  });

  it('finds the order in the address', () => {
    expect(orderOf('/review/order/ab-1')).toBe('ab-1');
    expect(orderOf('/review/order/ab-1/')).toBe('ab-1');
    expect(orderOf('/handover/review/order/ab-1')).toBe('ab-1');
    for (const path of ['/review/some-token', '/review/order/', '/review/order/a/b', '/review/order/%E0%A4%A'])
      expect([path, orderOf(path)]).toEqual([path, '']);
  });

  it('finds the server in the address', () => {
    expect(serverRoot('/review/order/ab-1')).toBe('');
    expect(serverRoot('/handover/review/order/ab-1')).toBe('/handover');
    expect(serverRoot('/review/review/order/ab-1')).toBe('/review');
  });
});
