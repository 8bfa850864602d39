import type { OrderRow } from '$lib/api/views';

export type Group = 'to_deliver' | 'in_review' | 'done';
export type Filter = 'all' | Group;
/** Further filters of the shown orders. An order must match all active filters. */
export type Trait = 'late' | 'in_revision' | 'unread';
/** The sort order: by next action, or by due date. */
export type Order = 'next' | 'due';

export const groups: readonly Group[] = ['to_deliver', 'in_review', 'done'];
export const traits: readonly Trait[] = ['unread', 'late', 'in_revision'];

/** The group of an order in the list. */
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

/** Finder returns whether an order's title or buyer contains every word of the query. */
export function finder(query: string): (order: OrderRow) => boolean {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  return (order) => words.every((word) => textOf(order).includes(word));
}

/** The orders of a group in list order; done orders are newest first. */
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

/** Folding is slow, and each key press searches up to 10,000 orders. */
const texts = new WeakMap<OrderRow, string>();

function textOf(order: OrderRow): string {
  let text = texts.get(order);
  if (text === undefined) texts.set(order, (text = fold(`${order.title} ${order.buyer}`)));
  return text;
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}
