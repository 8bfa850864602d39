package order

import (
	"slices"
	"time"
)

// EventType names what happened to an order.
type EventType string

// The events. OrderCompleted is by the buyer or by the clock.
const (
	OrderPlaced           EventType = "order_placed"
	WorkDelivered         EventType = "work_delivered"
	OrderCompleted        EventType = "order_completed"
	ChangesRequested      EventType = "changes_requested"
	ReviewExtended        EventType = "review_extended"
	CancellationProposed  EventType = "cancellation_proposed"
	CancellationWithdrawn EventType = "cancellation_withdrawn"
	CancellationDeclined  EventType = "cancellation_declined"
	CancellationLapsed    EventType = "cancellation_lapsed"
	OrderCancelled        EventType = "order_cancelled"
	MessageWritten        EventType = "message_written"
	ReviewLinkRenewed     EventType = "review_link_renewed"
	ReviewLinkRevoked     EventType = "review_link_revoked"
	OrderChanged          EventType = "order_changed"
)

// Event is one entry of the append-only log of what happened.
type Event struct {
	// Seq is the event's place in the log of all orders; the store sets it.
	Seq    uint64    `json:"seq"`
	Order  string    `json:"order"`
	Seller string    `json:"seller"` // the account's ID
	Type   EventType `json:"type"`
	By     Party     `json:"by"`
	At     time.Time `json:"at"`
	Status Status    `json:"status"` // after the event

	Delivery     int       `json:"delivery,omitempty"`
	Message      string    `json:"message,omitempty"`
	Days         int       `json:"days,omitempty"`
	ReviewEndsAt time.Time `json:"review_ends_at,omitzero"`
	// Changed names what OrderChanged changed: title, due_at, notes. The new
	// title and due date come with it; notes stay with the order.
	Changed []string  `json:"changed,omitempty"`
	Title   string    `json:"title,omitempty"`
	DueAt   time.Time `json:"due_at,omitzero"`
}

// For returns the event as the party may see it, and false when the party may
// not know of it at all. Everything is the seller's; the buyer sees what is
// listed here, so that a new kind of event stays private until somebody decides.
func (e Event) For(p Party) (Event, bool) {
	if p == Seller {
		return e, true
	}
	switch e.Type {
	case OrderPlaced, WorkDelivered, OrderCompleted, ChangesRequested, ReviewExtended, CancellationProposed,
		CancellationWithdrawn, CancellationDeclined, CancellationLapsed, OrderCancelled, MessageWritten:
		return e, true
	case OrderChanged:
		e.Changed = slices.DeleteFunc(slices.Clone(e.Changed), func(field string) bool { return field == fieldNotes })
		return e, len(e.Changed) > 0
	default:
		return Event{}, false
	}
}
