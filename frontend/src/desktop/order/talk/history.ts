import type { Delivery, EventType, OrderEvent } from '$lib/api/views';
import { moment } from '$lib/format/dates';
import { fileName } from '$lib/format/text';
import { m } from '$lib/paraglide/messages';

type Texts = Record<EventType, (event: OrderEvent, deliveries: readonly Delivery[]) => string>;

const mine = (event: OrderEvent) => event.by === 'seller';

const TEXTS: Texts = {
  order_placed: () => m.event_placed(),
  work_delivered: ({ delivery, done }) =>
    done > 0 ? m.event_delivered_done({ delivery, n: done }) : m.event_delivered({ n: delivery }),
  order_completed: ({ by, points }) => {
    const text = by === 'buyer' ? m.event_accepted() : m.event_completed();
    return points > 0 ? m.event_completed_points({ text, n: points }) : text;
  },
  changes_requested: ({ delivery, points }) =>
    points > 0 ? m.event_changes_points({ delivery, n: points }) : m.event_changes({ n: delivery }),
  review_extended: ({ reviewEndsAt }) => m.event_extended({ at: moment(reviewEndsAt) }),
  cancellation_proposed: (event) => (mine(event) ? m.event_proposed_seller() : m.event_proposed_buyer()),
  cancellation_withdrawn: (event) => (mine(event) ? m.event_withdrawn_seller() : m.event_withdrawn_buyer()),
  cancellation_declined: (event) => (mine(event) ? m.event_declined_seller() : m.event_declined_buyer()),
  cancellation_lapsed: () => m.event_lapsed(),
  order_cancelled: () => m.event_cancelled(),
  message_written: (event) => (mine(event) ? m.event_message_seller() : m.event_message_buyer()),
  review_link_renewed: () => m.event_link_renewed(),
  review_link_revoked: () => m.event_link_revoked(),
  order_changed: changed,
  due_soon: ({ dueAt }) => m.event_due_soon({ at: moment(dueAt) }),
  review_ends_soon: () => m.event_review_ends_soon(),
  payment_cleared: () => m.event_cleared(),
  delivery_opened: ({ delivery }) => m.event_opened({ n: delivery }),
  file_downloaded: downloaded,
  work_shared: ({ viewer }) => m.event_shared({ name: viewer }),
  sharing_ended: ({ viewer }) => m.event_sharing_ended({ name: viewer }),
  work_viewed: ({ viewer, delivery }) =>
    delivery ? m.event_viewed({ name: viewer, n: delivery }) : m.event_viewed_nothing({ name: viewer }),
  time_zone_noted: () => m.event_time_zone(),
};

/** The event as a sentence; its type for an unknown event. */
export function eventText(event: OrderEvent, deliveries: readonly Delivery[]): string {
  // A newer server may send other types.
  const text = TEXTS[event.type] as Texts[EventType] | undefined;
  return text ? text(event, deliveries) : event.type;
}

function changed({ changed, title, dueAt }: OrderEvent): string {
  const texts = {
    title: () => m.event_changed_title({ title }),
    due_at: () => m.event_changed_due({ at: moment(dueAt) }),
    notes: () => m.event_changed_notes(),
  };
  return changed.map((field) => texts[field]()).join(' ');
}

function downloaded({ by, viewer, delivery, file }: OrderEvent, deliveries: readonly Delivery[]): string {
  if (by === 'viewer') return m.event_viewer_downloaded({ name: viewer, n: delivery });
  if (file === 'archive') return m.event_downloaded_all({ n: delivery });
  const path = deliveries.find(({ number }) => number === delivery)?.files.find(({ id }) => id === file)?.path;
  return path ? m.event_downloaded({ n: delivery, name: fileName(path) }) : m.event_downloaded_some({ n: delivery });
}
