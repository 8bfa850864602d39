package app

import (
	"fmt"
	"time"

	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/backend/api"
	"handover/backend/order"
)

// History returns everything that happened to the order, oldest first.
func (a *App) History(id string) ([]Event, error) {
	return ask(a, func(d *desk.Desk) ([]Event, error) {
		events, err := d.Orders.History(a.p.ctx, id)
		return viewEvents(events), err
	})
}

// WriteMessage writes to the buyer.
func (a *App) WriteMessage(id, text string) (OrderPage, error) {
	return a.deal(func(d *desk.Desk) (api.Order, error) { return d.Orders.WriteMessage(a.p.ctx, id, text) })
}

// ProposeCancellation asks the buyer to cancel; the message may be empty.
func (a *App) ProposeCancellation(id, message string) (OrderPage, error) {
	return a.deal(func(d *desk.Desk) (api.Order, error) { return d.Orders.ProposeCancellation(a.p.ctx, id, message) })
}

// AnswerCancellation ends a proposal to cancel: agree_cancellation,
// decline_cancellation, or withdraw_cancellation for the seller's own.
func (a *App) AnswerCancellation(id, answer string) (OrderPage, error) {
	return a.deal(func(d *desk.Desk) (api.Order, error) {
		switch action := order.Action(answer); action {
		case order.AgreeCancellation, order.DeclineCancellation, order.WithdrawCancellation:
			return d.Orders.AnswerCancellation(a.p.ctx, id, action)
		default:
			return api.Order{}, &order.Error{Code: order.Invalid, Field: "answer", Message: "an answer to a proposal agrees, declines or withdraws"}
		}
	})
}

// BuyerLink returns the link with which the buyer opens the order.
func (a *App) BuyerLink(id string) (BuyerLink, error) {
	return a.link(func(d *desk.Desk) (api.ReviewLink, error) { return d.Orders.BuyerLink(a.p.ctx, id) })
}

// RenewBuyerLink gives the buyer a new link; the one before stops working.
func (a *App) RenewBuyerLink(id string) (BuyerLink, error) {
	return a.link(func(d *desk.Desk) (api.ReviewLink, error) { return d.Orders.RenewBuyerLink(a.p.ctx, id) })
}

// RevokeBuyerLink takes the buyer's link away until it is renewed.
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

// codeNoLink says that no link of the buyer's works.
const codeNoLink = "no_link"

// SaveReceipt lets the seller choose where the signed receipt of a delivery is
// kept, and returns the file's path, "" when they cancel.
func (a *App) SaveReceipt(id string, delivery int) (string, error) {
	return ask(a, func(d *desk.Desk) (string, error) {
		// Asked for first: without one there is nothing to choose a place for.
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
