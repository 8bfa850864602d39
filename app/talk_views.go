package app

import (
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// Event is one entry of an order's history.
type Event struct {
	Seq          uint64   `json:"seq"`
	Type         string   `json:"type"` // as in the domain: order_placed, work_delivered, …
	By           string   `json:"by"`   // seller, buyer, viewer, clock
	At           string   `json:"at"`
	Delivery     int      `json:"delivery"` // 0 for none
	Message      string   `json:"message"`
	Days         int      `json:"days"`
	ReviewEndsAt string   `json:"reviewEndsAt"`
	Changed      []string `json:"changed"` // title, due_at, notes
	Title        string   `json:"title"`
	DueAt        string   `json:"dueAt"`
	File         string   `json:"file"`   // ID of a delivered file, or archive for all of them
	Points       int      `json:"points"` // of a change request
	Done         int      `json:"done"`   // points that a delivery takes up
	Viewer       string   `json:"viewer"` // the name of who may look, or looked
}

// Cancellation is an open proposal to cancel an order.
type Cancellation struct {
	By         string `json:"by"` // seller, buyer; "" for none
	ProposedAt string `json:"proposedAt"`
	LapsesAt   string `json:"lapsesAt"`
	Message    string `json:"message"`
}

// BuyerLink opens the order for the buyer.
type BuyerLink struct {
	URL     string `json:"url"` // "" when none works or it cannot be shown: renew it
	Revoked bool   `json:"revoked"`
}

func viewEvents(events []order.Event) []Event {
	v := make([]Event, len(events))
	for i, e := range events {
		v[i] = Event{
			Seq: e.Seq, Type: string(e.Type), By: string(e.By), At: stamp(e.At), Delivery: e.Delivery, Message: e.Message,
			Days: e.Days, ReviewEndsAt: stamp(e.ReviewEndsAt), Changed: append([]string{}, e.Changed...), Title: e.Title,
			DueAt: stamp(e.DueAt), File: e.File, Points: e.Points, Done: e.Done, Viewer: e.Viewer,
		}
	}
	return v
}

func viewCancellation(c *api.Cancellation) Cancellation {
	if c == nil {
		return Cancellation{}
	}
	return Cancellation{By: string(c.ProposedBy), ProposedAt: stamp(c.ProposedAt), LapsesAt: stamp(c.LapsesAt), Message: c.Message}
}

// downloadedAt is when the buyer first fetched anything of the delivery.
func downloadedAt(d api.Delivery) string {
	var first time.Time
	note := func(t time.Time) {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if d.ArchiveDownloadedAt != nil {
		note(*d.ArchiveDownloadedAt)
	}
	for _, f := range d.Files {
		note(f.DownloadedAt)
	}
	return stamp(first)
}
