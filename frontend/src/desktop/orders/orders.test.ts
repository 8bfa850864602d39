import { describe, expect, it } from 'vitest';
import { Failure } from '$lib/api/failure';
import type { OrderList, OrderRow } from '$lib/api/views';
import { groupOf, inGroup, matches } from './filter';
import { Orders } from './orders.svelte';

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
  ...more,
});
const list = (...orders: OrderRow[]): OrderList => ({ orders, asOf: 'now', offline: false });

describe('the list', () => {
  it('groups by what is to be done', () => {
    const groups = (['active', 'in_revision', 'delivered', 'completed', 'cancelled'] as const).map((status) =>
      groupOf(order('x', { status })),
    );
    expect(groups).toEqual(['to_deliver', 'to_deliver', 'in_review', 'done', 'done']);
  });

  it('has the soonest first, and what is done newest first', () => {
    const a = order('a', { dueAt: '2026-11-26T00:00:00Z' });
    const b = order('b', { dueAt: '2026-11-25T00:00:00Z', status: 'in_revision' });
    const c = order('c', { status: 'completed', completedAt: '2026-11-01T00:00:00Z' });
    const d = order('d', { status: 'cancelled', cancelledAt: '2026-11-02T00:00:00Z' });
    expect(inGroup([a, b, c, d], 'to_deliver').map(({ id }) => id)).toEqual(['b', 'a']);
    expect(inGroup([a, b, c, d], 'done').map(({ id }) => id)).toEqual(['d', 'c']);
  });

  it('finds words in title and buyer, whatever their accents and case', () => {
    const film = order('o', { title: 'Imagefilm Größe M' });
    for (const query of ['', ' ', 'image', 'müller film', 'MULLER', 'grosse'.slice(0, 3)])
      expect([query, matches(film, query)]).toEqual([query, true]);
    expect(matches(film, 'logo')).toBe(false);
  });

  it('takes the answer that was asked for last', async () => {
    const answers: ((list: OrderList) => void)[] = [];
    const orders = new Orders({ Orders: () => new Promise((resolve) => answers.push(resolve)) });
    const loads = [orders.load(), orders.load()];
    answers[1]?.(list(order('new')));
    answers[0]?.(list(order('old')));
    await Promise.all(loads);
    expect(orders.all?.map(({ id }) => id)).toEqual(['new']);
  });

  it('keeps what it has when it cannot be loaded anew', async () => {
    let fails = false;
    const orders = new Orders({
      Orders: () => (fails ? Promise.reject(new Failure('internal', '')) : Promise.resolve(list(order('a')))),
    });
    await orders.load();
    fails = true;
    await orders.load();
    expect([orders.all?.length, orders.failure?.code]).toEqual([1, 'internal']);
  });
});
