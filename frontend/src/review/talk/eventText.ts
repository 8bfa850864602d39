import type { OrderEvent } from '$lib/api/review';
import { fullMoment } from '$lib/format/dates';
import { m } from '$lib/paraglide/messages';

/** The text of a history event for the buyer; '' for an event that does not concern them. */
export function eventText(event: OrderEvent, seller: string): string {
  return TEXTS.get(event.type)?.(event, seller) ?? '';
}

const texts: Record<string, (event: OrderEvent, seller: string) => string> = {
  order_placed: () => m.review_event_placed(),
  work_delivered: ({ delivery = 0, done = 0 }, seller) =>
    done > 0
      ? m.review_event_delivered_done({ seller, number: delivery, n: done })
      : m.review_event_delivered({ seller, n: delivery }),
  order_completed: ({ by, points = 0 }) => {
    const text = by === 'buyer' ? m.review_event_accepted() : m.review_event_elapsed();
    return points > 0 ? m.review_event_rest({ text, n: points }) : text;
  },
  changes_requested: ({ points = 0 }) =>
    points > 0 ? m.review_event_changes_points({ n: points }) : m.review_event_changes(),
  review_extended: ({ days, review_ends_at }) =>
    m.review_event_extended({ n: days ?? 0, at: fullMoment(review_ends_at ?? '') }),
  review_ends_soon: () => m.review_event_ends_soon(),
  cancellation_proposed: ({ by }, seller) =>
    by === 'buyer' ? m.review_event_proposed() : m.review_event_proposed_seller({ seller }),
  cancellation_withdrawn: ({ by }, seller) =>
    by === 'buyer' ? m.review_event_withdrawn() : m.review_event_withdrawn_seller({ seller }),
  cancellation_declined: ({ by }, seller) =>
    by === 'buyer' ? m.review_event_declined() : m.review_event_declined_seller({ seller }),
  cancellation_lapsed: () => m.review_event_lapsed(),
  order_cancelled: () => m.review_event_cancelled(),
  message_written: ({ by }, seller) =>
    by === 'buyer' ? m.review_event_message() : m.review_event_message_seller({ seller }),
  order_changed: changed,
  work_shared: ({ viewer = '' }) => m.review_event_shared({ name: viewer }),
  sharing_ended: ({ viewer = '' }) => m.review_event_sharing_ended({ name: viewer }),
};
// A Map has no inherited names that the server's types could match.
const TEXTS = new Map(Object.entries(texts));

function changed({ changed = [], title = '', due_at = '' }: OrderEvent): string {
  const texts = [];
  if (changed.includes('title')) texts.push(m.review_event_title({ title }));
  if (changed.includes('due_at')) texts.push(m.review_event_due({ at: fullMoment(due_at) }));
  return texts.join(' ');
}
