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
func (a *App) History(id string) ([]OrderEvent, error) {
	return ask(a, func(d *desk.Desk) ([]OrderEvent, error) {
		events, err := d.Orders.History(a.p.ctx, id)
		return viewEvents(events), err
	})
}

// WriteMessage sends a message to the buyer.
func (a *App) WriteMessage(id, text string) (OrderPage, error) {
	return a.deal(func(d *desk.Desk) (api.Order, error) { return d.Orders.WriteMessage(a.p.ctx, id, text) })
}

// ProposeCancellation asks the buyer to agree to a cancellation. The message may
// be empty.
func (a *App) ProposeCancellation(id, message string) (OrderPage, error) {
	return a.deal(func(d *desk.Desk) (api.Order, error) { return d.Orders.ProposeCancellation(a.p.ctx, id, message) })
}

// AnswerCancellation answers the buyer's proposal with agree_cancellation or
// decline_cancellation, or the seller's own with withdraw_cancellation.
func (a *App) AnswerCancellation(id string, answer order.Action) (OrderPage, error) {
	return a.deal(func(d *desk.Desk) (api.Order, error) {
		switch answer {
		case order.AgreeCancellation, order.DeclineCancellation, order.WithdrawCancellation:
			return d.Orders.AnswerCancellation(a.p.ctx, id, answer)
		default:
			return api.Order{}, &order.Error{Code: order.Invalid, Field: "answer", Message: "an answer to a proposal agrees, declines or withdraws"}
		}
	})
}

// BuyerLink returns the buyer's link to the order.
func (a *App) BuyerLink(id string) (BuyerLink, error) {
	return a.link(func(d *desk.Desk) (api.ReviewLink, error) { return d.Orders.BuyerLink(a.p.ctx, id) })
}

// RenewBuyerLink replaces the buyer's link. The old link stops working.
func (a *App) RenewBuyerLink(id string) (BuyerLink, error) {
	return a.link(func(d *desk.Desk) (api.ReviewLink, error) { return d.Orders.RenewBuyerLink(a.p.ctx, id) })
}

// RevokeBuyerLink disables the buyer's link until it is renewed.
func (a *App) RevokeBuyerLink(id string) (BuyerLink, error) {
	return a.link(func(d *desk.Desk) (api.ReviewLink, error) { return d.Orders.RevokeBuyerLink(a.p.ctx, id) })
}

// OpenReview opens the buyer's page in the browser.
func (a *App) OpenReview(id string) error {
	_, err := ask(a, func(d *desk.Desk) (struct{}, error) {
		link, err := d.Orders.BuyerLink(a.p.ctx, id)
		if err == nil && link.ReviewURL == "" {
			err = &problem.Error{Code: codeNoLink, Message: "the buyer has no link that works; renew it first"}
		}
		if err == nil {
			a.p.window.OpenURL(link.ReviewURL)
		}
		return struct{}{}, err
	})
	return err
}

// codeNoLink says that the buyer has no working link.
const codeNoLink = "no_link"

// SaveReceipt asks the seller for a file, saves the signed receipt of a delivery
// there, and returns its path; "" when the seller cancels.
func (a *App) SaveReceipt(id string, delivery int) (string, error) {
	return ask(a, func(d *desk.Desk) (string, error) {
		// Fetch the receipt first: without one the seller need not choose a file.
		receipt, err := d.Orders.Receipt(a.p.ctx, id, delivery)
		if err != nil {
			return "", err
		}
		return a.p.keep(fmt.Sprintf("receipt-%s-%d.json", id, delivery), receipt)
	})
}

func (a *App) link(f func(*desk.Desk) (api.ReviewLink, error)) (BuyerLink, error) {
	return ask(a, func(d *desk.Desk) (BuyerLink, error) {
		link, err := f(d)
		return BuyerLink{URL: link.ReviewURL, Revoked: link.Revoked}, err
	})
}

func (a *App) deal(f func(*desk.Desk) (api.Order, error)) (OrderPage, error) {
	return ask(a, func(d *desk.Desk) (OrderPage, error) {
		o, err := f(d)
		if err != nil {
			return OrderPage{}, err
		}
		return a.page(d, o, time.Now(), false)
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
