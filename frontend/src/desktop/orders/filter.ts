import type { OrderRow } from '$lib/api/views';

export type Group = 'to_deliver' | 'in_review' | 'done';
export type Filter = 'all' | Group;

export const groups: readonly Group[] = ['to_deliver', 'in_review', 'done'];

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

/** Whether the order's title or buyer has every word of the query in it. */
export function matches(order: OrderRow, query: string): boolean {
  const text = fold(`${order.title} ${order.buyer}`);
  return fold(query)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The orders of a group as they are listed: soonest first, and what is done newest first. */
export function inGroup(orders: readonly OrderRow[], group: Group): OrderRow[] {
  return orders.filter((order) => groupOf(order) === group).sort((a, b) => compare(a, b, group));
}

function compare(a: OrderRow, b: OrderRow, group: Group): number {
  if (group === 'in_review') return time(a.reviewEndsAt) - time(b.reviewEndsAt);
  if (group === 'done') return ended(b) - ended(a);
  return time(a.dueAt) - time(b.dueAt);
}

function ended(order: OrderRow): number {
  return time(order.completedAt || order.cancelledAt);
}

function time(at: string): number {
  return Date.parse(at) || 0;
}

function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}
