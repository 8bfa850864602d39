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

	// DueSoon reminds the seller a day before the due date of work that is owed.
	DueSoon EventType = "due_soon"
	// ReviewEndsSoon reminds the buyer a day before the order completes by
	// itself, and the seller as well when it says Unopened.
	ReviewEndsSoon EventType = "review_ends_soon"
	// PaymentCleared comes when the clearing period of a completed order ends.
	PaymentCleared EventType = "payment_cleared"
	// DeliveryOpened is the first time that the buyer saw a delivery.
	DeliveryOpened EventType = "delivery_opened"
	// FileDownloaded is the first time that the buyer fetched a file of a
	// delivery, or its archive; and the first time that a viewer fetched
	// anything of it.
	FileDownloaded EventType = "file_downloaded"
	// WorkShared is a new link with which somebody may look at the work.
	WorkShared EventType = "work_shared"
	// SharingEnded is the end of one such link, by the buyer.
	SharingEnded EventType = "sharing_ended"
	// WorkViewed is a look by a viewer: the first, or one some time after the
	// last. Delivery is the latest that there was to see, 0 for none.
	WorkViewed EventType = "work_viewed"
	// TimeZoneNoted is when the buyer's browser said another time zone.
	TimeZoneNoted EventType = "time_zone_noted"
)

// EventTypes lists every event.
func EventTypes() []EventType {
	return []EventType{
		OrderPlaced, WorkDelivered, OrderCompleted, ChangesRequested, ReviewExtended, CancellationProposed,
		CancellationWithdrawn, CancellationDeclined, CancellationLapsed, OrderCancelled, MessageWritten, ReviewLinkRenewed,
		ReviewLinkRevoked, OrderChanged, DueSoon, ReviewEndsSoon, PaymentCleared, DeliveryOpened,
		FileDownloaded, WorkShared, SharingEnded, WorkViewed, TimeZoneNoted,
	}
}

// quiet reports whether an event leaves the order as the parties know it: what
// somebody decides after looking at the order is not made stale by it.
func (t EventType) quiet() bool {
	switch t {
	case DueSoon, ReviewEndsSoon, DeliveryOpened, FileDownloaded, WorkShared, SharingEnded, WorkViewed, TimeZoneNoted:
		return true
	default:
		return false
	}
}

// Quiet reports whether none of the events changes what the parties know, so
// that the order's version stays.
func Quiet(events []Event) bool {
	return !slices.ContainsFunc(events, func(e Event) bool { return !e.Type.quiet() })
}

// Event is one entry of the append-only log of what happened.
type Event struct {
	// Seq is the event's place in the log of all orders; the store sets it.
	Seq    uint64    `json:"seq" doc:"its place in the log of all orders"`
	Order  string    `json:"order" doc:"the order's ID"`
	Seller string    `json:"seller" doc:"the account's ID"`
	Type   EventType `json:"type"`
	By     Party     `json:"by" doc:"seller, buyer, viewer, or clock"`
	At     time.Time `json:"at"`
	Status Status    `json:"status" doc:"of the order after the event"`

	Delivery     int       `json:"delivery,omitempty" doc:"the number of the delivery that it is about"`
	Message      string    `json:"message,omitempty"`
	Days         int       `json:"days,omitempty" doc:"of review_extended: by how many"`
	ReviewEndsAt time.Time `json:"review_ends_at,omitzero"`
	// ClearsAt comes with OrderCompleted: when the payment clears.
	ClearsAt time.Time `json:"clears_at,omitzero" doc:"of order_completed: when the payment clears"`
	// Changed names what OrderChanged changed: title, due_at, notes. The new
	// title and due date come with it; notes stay with the order. DueAt also
	// comes with DueSoon.
	Changed []string  `json:"changed,omitempty" nullable:"false" doc:"of order_changed: title, due_at, notes"`
	Title   string    `json:"title,omitempty"`
	DueAt   time.Time `json:"due_at,omitzero"`
	// Unopened warns that the buyer has neither opened the delivery under
	// review nor downloaded anything of it.
	Unopened bool `json:"unopened,omitempty" doc:"of review_ends_soon: the buyer has not opened the delivery"`
	// File is the ID of the file that FileDownloaded is about, or Archive.
	File string `json:"file,omitempty" doc:"of file_downloaded: the file's ID, or archive for all as one zip"`
	// Points counts the comments that were sent with ChangesRequested, or with
	// OrderCompleted because they were not sent before (see [SendRest]). Done
	// counts those that WorkDelivered takes up.
	Points int `json:"points,omitempty" doc:"how many comments were sent with it"`
	Done   int `json:"done,omitempty" doc:"of work_delivered: how many points it takes up"`
	// Viewer is the name of the viewer whom WorkShared and SharingEnded are
	// about, or who looked or downloaded something.
	Viewer string `json:"viewer,omitempty" doc:"the name of the viewer that it is about"`
	// TimeZone comes with TimeZoneNoted.
	TimeZone string `json:"time_zone,omitempty" doc:"of time_zone_noted: IANA name"`
}

// For returns the event as the party may see it, and false when the party may
// not know of it at all. Everything is the seller's; the others see what is
// listed here, so that a new kind of event stays private until somebody decides.
func (e Event) For(p Party) (Event, bool) {
	switch p {
	case Seller:
		return e, true
	case Buyer:
		return e.forBuyer()
	case Viewer:
		return e.forViewer()
	default:
		return Event{}, false
	}
}

func (e Event) forBuyer() (Event, bool) {
	switch e.Type {
	case OrderPlaced, WorkDelivered, OrderCompleted, ChangesRequested, ReviewExtended, ReviewEndsSoon, CancellationProposed,
		CancellationWithdrawn, CancellationDeclined, CancellationLapsed, OrderCancelled, MessageWritten, WorkShared, SharingEnded:
		return e, true
	case OrderChanged:
		e.Changed = slices.DeleteFunc(slices.Clone(e.Changed), func(field string) bool { return field == fieldNotes })
		return e, len(e.Changed) > 0
	default:
		return Event{}, false
	}
}

// forViewer shows that there is new work, or where the order stands now, and
// nothing of what the parties say to each other or agree on.
func (e Event) forViewer() (Event, bool) {
	seen := Event{Seq: e.Seq, Order: e.Order, Type: e.Type, By: e.By, At: e.At, Status: e.Status, Delivery: e.Delivery}
	switch e.Type {
	case WorkDelivered, OrderCompleted, ChangesRequested, OrderCancelled:
		return seen, true
	case OrderChanged:
		seen.Changed, seen.Title = []string{fieldTitle}, e.Title
		return seen, slices.Contains(e.Changed, fieldTitle)
	default:
		return Event{}, false
	}
}
