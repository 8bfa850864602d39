import { describe, expect, it } from 'vitest';
import { Failure } from '$lib/api/failure';
import type { OrderList, OrderRow } from '$lib/api/views';
import { finder, groupOf, inGroup } from './filter';
import { Orders } from './orders.svelte';
import { find, inSight, layOut, ROW, rowAt, type Block } from './rows';

const order = (id: string, more: Partial<OrderRow> = {}): OrderRow => ({
  id,
  title: id,
  buyer: 'Anna Müller',
  status: 'active',
  late: false,
  dueAt: '2026-11-24T00:00:00Z',
  reviewEndsAt: '',
  completedAt: '',
  completedBy: '',
  cancelledAt: '',
  price: '',
  currency: '',
  payment: 'pending',
  clearsAt: '',
  deliveries: 0,
  cancellationBy: '',
  canDeliver: true,
  hasDraft: false,
  unread: 0,
  unreadMessages: 0,
  ...more,
});
const part = (mark: number, more: Partial<OrderList>): OrderList => ({
  ...{ orders: [], gone: [], anew: false, mark, more: false, asOf: 'now', offline: false, ...more },
});

describe('the list', () => {
  it('groups by what is to be done', () => {
    const groups = (['active', 'in_revision', 'delivered', 'completed', 'cancelled'] as const).map((status) =>
      groupOf(order('x', { status })),
    );
    expect(groups).toEqual(['to_deliver', 'to_deliver', 'in_review', 'done', 'done']);
  });

  it('has the soonest first, and what is done newest first', () => {
    const a = order('a', { dueAt: '2026-11-26T00:00:00Z' });
    const b = order('b', { dueAt: '2026-11-25T00:00:00.5Z', status: 'in_revision' });
    const c = order('c', { status: 'completed', completedAt: '2026-11-01T00:00:00Z', dueAt: '2026-11-26T00:00:00Z' });
    const d = order('d', { status: 'cancelled', cancelledAt: '2026-11-02T00:00:00Z' });
    expect(inGroup([a, b, c, d], 'to_deliver').map(({ id }) => id)).toEqual(['b', 'a']);
    expect(inGroup([a, b, c, d], 'done').map(({ id }) => id)).toEqual(['d', 'c']);
    expect(inGroup([a, b, d, c], 'done', 'due').map(({ id }) => id)).toEqual(['c', 'd']);
  });

  it('has in review what completes first, or what was due first', () => {
    const a = order('a', { status: 'delivered', reviewEndsAt: '2026-11-26T00:00:00Z', dueAt: '2026-11-20T00:00:00Z' });
    const b = order('b', { status: 'delivered', reviewEndsAt: '2026-11-25T00:00:00Z', dueAt: '2026-11-21T00:00:00Z' });
    expect(inGroup([a, b], 'in_review').map(({ id }) => id)).toEqual(['b', 'a']);
    expect(inGroup([a, b], 'in_review', 'due').map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('finds words in title and buyer, whatever their accents and case', () => {
    const film = order('o', { title: 'Imagefilm Größe M' });
    for (const query of ['', ' ', 'image', 'müller film', 'MULLER', 'grosse'.slice(0, 3)])
      expect([query, finder(query)(film)]).toEqual([query, true]);
    expect(finder('logo')(film)).toBe(false);
  });

  it('comes in parts, the first of which is shown at once', async () => {
    const asked: number[] = [];
    const seen: (number | undefined)[] = [];
    const orders: Orders = new Orders({
      List: (mark) => {
        asked.push(mark);
        seen.push(orders.all?.length);
        const some = { orders: [order(`o${mark}`)], anew: mark === 0, more: mark < 2 };
        return Promise.resolve(part(mark + 1, some));
      },
    });
    await orders.load();
    expect([asked, seen, orders.all?.length, orders.whole]).toEqual([[0, 1, 2], [undefined, 1, 1], 3, true]);
  });

  it('takes differences, one answer after the other', async () => {
    const answers: ((part: OrderList) => void)[] = [];
    const orders = new Orders({ List: () => new Promise((resolve) => answers.push(resolve)) });
    const first = orders.load();
    const second = orders.load();
    expect(answers.length).toBe(1);
    answers[0]?.(part(2, { anew: true, orders: [order('a'), order('b')] }));
    await expect.poll(() => answers.length).toBe(2);
    const third = orders.load();
    answers[1]?.(part(4, { orders: [order('b', { title: 'B' })], gone: ['a'] }));
    await expect.poll(() => answers.length).toBe(3);
    answers[2]?.(part(4, {}));
    await Promise.all([first, second, third]);
    expect(orders.all?.map(({ id, title }) => [id, title])).toEqual([['b', 'B']]);
    await Promise.all([orders.load(), Promise.resolve().then(() => answers[3]?.(part(5, { anew: true })))]);
    expect(orders.all).toEqual([]);
  });

  it('forgets an answer for the account that was signed out', async () => {
    let answer: (part: OrderList) => void = () => {};
    const orders = new Orders({ List: () => new Promise((resolve) => (answer = resolve)) });
    const load = orders.load();
    orders.clear();
    answer(part(1, { anew: true, orders: [order('a')] }));
    await load;
    expect(orders.all).toBe(null);
  });

  it('is narrowed to what has all chosen traits, and counts them in the filter', async () => {
    const rows = [
      order('a', { late: true, unread: 2 }),
      order('b', { late: true }),
      order('c', { status: 'in_revision', late: true, unread: 1 }),
      order('d', { status: 'delivered', unread: 1 }),
    ];
    const orders = new Orders({ List: () => Promise.resolve(part(1, { anew: true, orders: rows })) });
    await orders.load();
    orders.filter = 'to_deliver';
    orders.toggle('late');
    orders.toggle('unread');
    expect(orders.group('to_deliver').map(({ id }) => id)).toEqual(['a', 'c']);
    expect([orders.having('unread'), orders.having('late'), orders.unread, orders.late]).toEqual([2, 3, 3, 3]);
    orders.toggle('late');
    orders.widen();
    expect(orders.group('to_deliver').length).toBe(3);
  });

  it('keeps what it has when it cannot be loaded anew', async () => {
    let fails = false;
    const some = part(1, { anew: true, orders: [order('a')] });
    const orders = new Orders({
      List: () => (fails ? Promise.reject(new Failure('internal', '')) : Promise.resolve(some)),
    });
    await orders.load();
    fails = true;
    await orders.load();
    expect([orders.all?.length, orders.failure?.code]).toEqual([1, 'internal']);
  });
});

describe('a long list', () => {
  const rows = Array.from({ length: 10_000 }, (_, n) => order(`o${n}`));
  const blocks = layOut(
    [
      { group: 'to_deliver', rows: rows.slice(0, 6_000) },
      { group: 'done', rows: rows.slice(6_000) },
    ],
    true,
  );

  it('has rows only where one looks, and where the focus is', () => {
    const [first, second] = blocks as [Block, Block];
    const places = inSight(first, first.top + 1_000 * ROW, first.top + 1_010 * ROW, 'o5');
    expect([places[0], places[1], places.at(-1), places.length]).toEqual([5, 988, 1_022, 36]);
    expect(inSight(second, 0, 800, '')).toEqual([]);
    expect(inSight(second, 0, 800, 'o9999')).toEqual([3_999]);
    expect(inSight(first, first.top + 5_995 * ROW, second.top + 800, '').at(-1)).toBe(5_999);
  });

  it('finds a row and its neighbours across the groups', () => {
    const last = find(blocks, 'o5999')!;
    expect(last.at).toBe(5_999);
    expect(rowAt(blocks, last.at + 1)?.id).toBe('o6000');
    expect([rowAt(blocks, -Infinity)?.id, rowAt(blocks, Infinity)?.id]).toEqual(['o0', 'o9999']);
    expect([find(blocks, 'x'), rowAt([], 3)]).toEqual([null, undefined]);
  });
});
