import type { OrderRow } from '$lib/api/views';

export type Group = 'to_deliver' | 'in_review' | 'done';
export type Filter = 'all' | Group;
/** What else the shown orders can be narrowed to; several together narrow more. */
export type Trait = 'late' | 'in_revision' | 'unread';
/** What comes first: what happens next, or what is due first. */
export type Order = 'next' | 'due';

export const groups: readonly Group[] = ['to_deliver', 'in_review', 'done'];
export const traits: readonly Trait[] = ['unread', 'late', 'in_revision'];

/** Where in the list an order stands. */
export function groupOf(order: OrderRow): Group {
  switch (order.status) {
    case 'active':
    case 'in_revision':
      return 'to_deliver';
    case 'delivered':
      return 'in_review';
    default:
      return 'done';
  }
}

export function has(order: OrderRow, trait: Trait): boolean {
  switch (trait) {
    case 'late':
      return order.late;
    case 'in_revision':
      return order.status === 'in_revision';
    case 'unread':
      return order.unread > 0;
  }
}

/** Finder says whether an order's title or buyer has every word of the query in it. */
export function finder(query: string): (order: OrderRow) => boolean {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  return (order) => words.every((word) => textOf(order).includes(word));
}

/** The orders of a group as they are listed; what is done has the newest first. */
export function inGroup(orders: readonly OrderRow[], group: Group, by: Order = 'next'): OrderRow[] {
  return orders
    .filter((order) => groupOf(order) === group)
    .map((order) => ({ order, at: place(order, group, by) }))
    .sort((a, b) => a.at - b.at)
    .map(({ order }) => order);
}

function place(order: OrderRow, group: Group, by: Order): number {
  if (group === 'done') return -time(by === 'due' ? order.dueAt : order.completedAt || order.cancelledAt);
  return time(group === 'in_review' && by === 'next' ? order.reviewEndsAt : order.dueAt);
}

function time(at: string): number {
  return Date.parse(at) || 0;
}

/** Folding is slow, and a list of 10,000 is searched with every key. */
const texts = new WeakMap<OrderRow, string>();

function textOf(order: OrderRow): string {
  let text = texts.get(order);
  if (text === undefined) texts.set(order, (text = fold(`${order.title} ${order.buyer}`)));
  return text;
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}
