package app

import (
	"fmt"
	"time"

	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/backend/api"
	"handover/backend/order"
)

// History returns the order's events, oldest first.
func (b *Orders) History(id string) ([]OrderEvent, error) {
	return ask(b.p, func(d *desk.Desk) ([]OrderEvent, error) {
		events, err := d.Orders.History(b.p.ctx, id)
		return viewEvents(events), err
	})
}

// WriteMessage sends a message to the buyer.
func (b *Orders) WriteMessage(id, text string) (OrderPage, error) {
	return b.deal(func(d *desk.Desk) (api.Order, error) { return d.Orders.WriteMessage(b.p.ctx, id, text) })
}

// ProposeCancellation asks the buyer to agree to a cancellation. The message may
// be empty.
func (b *Orders) ProposeCancellation(id, message string) (OrderPage, error) {
	return b.deal(func(d *desk.Desk) (api.Order, error) { return d.Orders.ProposeCancellation(b.p.ctx, id, message) })
}

// AnswerCancellation answers the buyer's proposal with agree_cancellation or
// decline_cancellation, or the seller's own with withdraw_cancellation.
func (b *Orders) AnswerCancellation(id string, answer order.Action) (OrderPage, error) {
	return b.deal(func(d *desk.Desk) (api.Order, error) {
		switch answer {
		case order.AgreeCancellation, order.DeclineCancellation, order.WithdrawCancellation:
			return d.Orders.AnswerCancellation(b.p.ctx, id, answer)
		default:
			return api.Order{}, &order.Error{Code: order.Invalid, Field: "answer", Message: "an answer to a proposal agrees, declines or withdraws"}
		}
	})
}

// BuyerLink returns the buyer's link to the order.
func (b *Orders) BuyerLink(id string) (BuyerLink, error) {
	return b.link(func(d *desk.Desk) (api.ReviewLink, error) { return d.Orders.BuyerLink(b.p.ctx, id) })
}

// RenewBuyerLink replaces the buyer's link. The old link stops working.
func (b *Orders) RenewBuyerLink(id string) (BuyerLink, error) {
	return b.link(func(d *desk.Desk) (api.ReviewLink, error) { return d.Orders.RenewBuyerLink(b.p.ctx, id) })
}

// RevokeBuyerLink disables the buyer's link until it is renewed.
func (b *Orders) RevokeBuyerLink(id string) (BuyerLink, error) {
	return b.link(func(d *desk.Desk) (api.ReviewLink, error) { return d.Orders.RevokeBuyerLink(b.p.ctx, id) })
}

// OpenReview opens the buyer's page in the browser.
func (b *Orders) OpenReview(id string) error {
	_, err := ask(b.p, func(d *desk.Desk) (struct{}, error) {
		link, err := d.Orders.BuyerLink(b.p.ctx, id)
		if err != nil {
			return struct{}{}, err
		}
		if link.ReviewURL == "" {
			return struct{}{}, &problem.Error{Code: codeNoLink, Message: "the buyer has no link that works; renew it first"}
		}
		b.p.window.OpenURL(link.ReviewURL)
		return struct{}{}, nil
	})
	return err
}

// codeNoLink says that the buyer has no working link.
const codeNoLink = "no_link"

// SaveReceipt asks the seller for a file, saves the signed receipt of a delivery
// there, and returns its path; "" when the seller cancels.
func (b *Orders) SaveReceipt(id string, delivery int) (string, error) {
	return ask(b.p, func(d *desk.Desk) (string, error) {
		// Fetch the receipt first: without one the seller need not choose a file.
		receipt, err := d.Orders.Receipt(b.p.ctx, id, delivery)
		if err != nil {
			return "", err
		}
		return b.p.keep(fmt.Sprintf("receipt-%s-%d.json", id, delivery), receipt)
	})
}

func (b *Orders) link(f func(*desk.Desk) (api.ReviewLink, error)) (BuyerLink, error) {
	return ask(b.p, func(d *desk.Desk) (BuyerLink, error) {
		link, err := f(d)
		return BuyerLink{URL: link.ReviewURL, Revoked: link.Revoked}, err
	})
}

func (b *Orders) deal(f func(*desk.Desk) (api.Order, error)) (OrderPage, error) {
	return ask(b.p, func(d *desk.Desk) (OrderPage, error) {
		o, err := f(d)
		if err != nil {
			return OrderPage{}, err
		}
		return viewOrderPage(d, o, time.Now(), false)
	})
}

// OrderEvent is one entry of an order's history.
type OrderEvent struct {
	Seq          uint64          `json:"seq"`
	Type         order.EventType `json:"type"`
	By           order.Party     `json:"by"`
	At           string          `json:"at"`
	Delivery     int             `json:"delivery"` // 0 for none
	Message      string          `json:"message"`
	Days         int             `json:"days"`
	ReviewEndsAt string          `json:"reviewEndsAt"`
	Changed      []string        `json:"changed" enum:"title,due_at,notes"`
	Title        string          `json:"title"`
	DueAt        string          `json:"dueAt"`
	File         string          `json:"file"`   // ID of a delivered file; archive for all files
	Points       int             `json:"points"` // of a change request
	Done         int             `json:"done"`   // number of points that a delivery marks as done
	Viewer       string          `json:"viewer"` // the viewer's name
}

// Cancellation is an open proposal to cancel an order.
type Cancellation struct {
	By         string `json:"by" enum:",seller,buyer"` // "" for none
	ProposedAt string `json:"proposedAt"`
	LapsesAt   string `json:"lapsesAt"`
	Message    string `json:"message"`
}

// BuyerLink opens the order for the buyer.
type BuyerLink struct {
	URL     string `json:"url"` // "" for a link that is revoked or cannot be shown; renew it then
	Revoked bool   `json:"revoked"`
}

func viewEvents(events []order.Event) []OrderEvent {
	v := make([]OrderEvent, len(events))
	for i, e := range events {
		v[i] = OrderEvent{
			Seq: e.Seq, Type: e.Type, By: e.By, At: stamp(e.At), Delivery: e.Delivery, Message: e.Message,
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

// downloadedAt returns when the buyer first downloaded a file of the delivery.
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
