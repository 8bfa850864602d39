import type { OrderRow } from '$lib/api/views';
import type { Clock } from '$lib/format/clock.svelte';
import { moment } from '$lib/format/dates';
import { inSpan, span } from '$lib/format/span';
import { m } from '$lib/paraglide/messages';

export type Urgency = 'calm' | 'soon' | 'late';

export interface Next {
  text: string;
  urgency: Urgency;
}

const SOON = 24 * 3_600_000;

/**
 * nextStep describes the order's next event and its time in one sentence. It
 * uses the status and the deadlines of the server and decides nothing.
 */
export function nextStep(order: OrderRow, clock: Pick<Clock, 'at'>): Next {
  if (order.cancellationBy === 'buyer') return calm(m.next_cancellation_buyer());
  if (order.cancellationBy === 'seller') return calm(m.next_cancellation_seller());
  switch (order.status) {
    case 'active':
    case 'in_revision':
      return owed(order, clock);
    case 'delivered':
      return inReview(order, clock);
    case 'completed':
      return calm(order.payment === 'cleared' ? m.next_cleared() : m.next_clears({ at: moment(order.clearsAt) }));
    case 'cancelled':
      return calm(m.next_cancelled({ at: moment(order.cancelledAt) }));
  }
}

function owed(order: OrderRow, clock: Pick<Clock, 'at'>): Next {
  const due = Date.parse(order.dueAt);
  const left = due - clock.at(due);
  const at = moment(order.dueAt);
  const revision = order.status === 'in_revision';
  if (order.late || left < 0) {
    const text = revision ? m.next_changes_overdue({ at }) : m.next_overdue({ at, span: span(-left) });
    return { text, urgency: 'late' };
  }
  const text = revision ? m.next_changes_due({ at, left: inSpan(left) }) : m.next_due({ at, left: inSpan(left) });
  return { text, urgency: left < SOON ? 'soon' : 'calm' };
}

function inReview(order: OrderRow, clock: Pick<Clock, 'at'>): Next {
  const ends = Date.parse(order.reviewEndsAt);
  const left = ends - clock.at(ends);
  if (left <= 0) return calm(m.next_completing());
  return calm(m.next_completes({ at: moment(order.reviewEndsAt), left: inSpan(left) }));
}

function calm(text: string): Next {
  return { text, urgency: 'calm' };
}
