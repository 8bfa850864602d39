import type { Delivery, OrderRow } from '$lib/api/views';
import { m } from '$lib/paraglide/messages';

export interface Step {
  key: string;
  label: string;
  /** '' while it is unknown. */
  at: string;
  state: 'done' | 'now' | 'ahead' | 'late';
}

/** The steps of an order's life in their order: past, current and future. */
export function timeline(order: OrderRow, placedAt: string, deliveries: readonly Delivery[]): Step[] {
  const placed: Step = { key: 'placed', label: m.timeline_placed(), at: placedAt, state: 'done' };
  const latest = deliveries[0];
  if (order.status === 'cancelled') {
    const cancelled: Step = { key: 'cancelled', label: m.timeline_cancelled(), at: order.cancelledAt, state: 'done' };
    return [placed, ...(latest ? [delivered(latest)] : []), cancelled];
  }
  return [placed, ...work(order, latest), ...review(order), ...payment(order)];
}

function work(order: OrderRow, latest: Delivery | undefined): Step[] {
  const due: Step = { key: 'due', label: m.timeline_due(), at: order.dueAt, state: order.late ? 'late' : 'now' };
  if (order.status === 'active') return [due];
  if (!latest) return [];
  return order.status === 'in_revision' ? [delivered(latest), due] : [delivered(latest)];
}

function delivered(d: Delivery): Step {
  return { key: 'delivered', label: m.timeline_delivered({ n: d.number }), at: d.deliveredAt, state: 'done' };
}

function review(order: OrderRow): Step[] {
  switch (order.status) {
    case 'delivered':
      return [{ key: 'review', label: m.timeline_review_ends(), at: order.reviewEndsAt, state: 'now' }];
    case 'completed':
      return [{ key: 'completed', label: m.timeline_completed(), at: order.completedAt, state: 'done' }];
    default:
      return [{ key: 'review', label: m.timeline_review_ends(), at: '', state: 'ahead' }];
  }
}

function payment(order: OrderRow): Step[] {
  const state = order.payment === 'cleared' ? 'done' : order.payment === 'clearing' ? 'now' : 'ahead';
  return [{ key: 'clears', label: m.timeline_clears(), at: order.clearsAt, state }];
}
