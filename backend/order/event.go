package order

import (
	"slices"
	"time"
)

// EventType is a kind of event.
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

	// DueSoon reminds the seller a day before the due date of owed work.
	DueSoon EventType = "due_soon"
	// ReviewEndsSoon reminds the buyer a day before the end of the review period, and
	// also the seller if Unopened is set.
	ReviewEndsSoon EventType = "review_ends_soon"
	// PaymentCleared marks the end of a completed order's clearing period.
	PaymentCleared EventType = "payment_cleared"
	// DeliveryOpened is the buyer's first view of a delivery.
	DeliveryOpened EventType = "delivery_opened"
	// FileDownloaded is the buyer's first download of a file or the archive of a
	// delivery, or a viewer's first download from a delivery.
	FileDownloaded EventType = "file_downloaded"
	// WorkShared is a new view link.
	WorkShared EventType = "work_shared"
	// SharingEnded is the end of a view link, by the buyer.
	SharingEnded EventType = "sharing_ended"
	// WorkViewed is a visit of a viewer: the first, or the first after ViewInterval.
	// Delivery is the latest visible delivery, 0 for none.
	WorkViewed EventType = "work_viewed"
	// TimeZoneNoted means that the buyer's browser reported another time zone.
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

// quiet reports whether an event keeps the order's version, because no decision
// that a party makes about the order becomes outdated by it.
func (t EventType) quiet() bool {
	switch t {
	case DueSoon, ReviewEndsSoon, DeliveryOpened, FileDownloaded, WorkShared, SharingEnded, WorkViewed, TimeZoneNoted:
		return true
	default:
		return false
	}
}

// Quiet reports whether all events keep the order's version.
func Quiet(events []Event) bool {
	return !slices.ContainsFunc(events, func(e Event) bool { return !e.Type.quiet() })
}

// Event is one entry of the append-only log.
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
	// ClearsAt is set for OrderCompleted: the time when the payment clears.
	ClearsAt time.Time `json:"clears_at,omitzero" doc:"of order_completed: when the payment clears"`
	// Changed names the values that OrderChanged changed: title, due_at, notes. Title
	// and DueAt are their new values; the event does not contain the notes. DueAt is
	// also set for DueSoon.
	Changed []string  `json:"changed,omitempty" nullable:"false" doc:"of order_changed: title, due_at, notes"`
	Title   string    `json:"title,omitempty"`
	DueAt   time.Time `json:"due_at,omitzero"`
	// Unopened means that the buyer has neither opened the delivery under review nor
	// downloaded any of it.
	Unopened bool `json:"unopened,omitempty" doc:"of review_ends_soon: the buyer has not opened the delivery"`
	// File is the ID of the downloaded file, or Archive, for FileDownloaded.
	File string `json:"file,omitempty" doc:"of file_downloaded: the file's ID, or archive for all as one zip"`
	// Points counts the comments that ChangesRequested or OrderCompleted sent (see
	// [SendRest]). Done counts the comments that WorkDelivered resolves.
	Points int `json:"points,omitempty" doc:"how many comments were sent with it"`
	Done   int `json:"done,omitempty" doc:"of work_delivered: how many points it takes up"`
	// Viewer is the name of the viewer whose link began or ended, or who viewed or
	// downloaded work.
	Viewer string `json:"viewer,omitempty" doc:"the name of the viewer that it is about"`
	// TimeZone is set for TimeZoneNoted.
	TimeZone string `json:"time_zone,omitempty" doc:"of time_zone_noted: IANA name"`
}

// For returns the part of the event that the party may see, and false for none. The
// seller sees every event. The others see only the kinds listed here, so new kinds
// are private by default.
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

// forViewer shows new work, the status and the title, but neither the messages of
// the parties nor their other terms.
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
