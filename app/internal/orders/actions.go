package orders

import (
	"context"

	"handover/backend/api"
	"handover/backend/order"
)

// ask sends a request to the server and records whether it answered.
func ask[T any](m *Mirror, request func(*api.Client) (T, error)) (answer T, err error) {
	client, err := m.session.Client()
	if err != nil {
		return answer, err
	}
	answer, err = request(client)
	m.session.Record(err)
	return answer, err
}

// act is ask for a request that is answered with the order. It stores the order.
func (m *Mirror) act(request func(*api.Client) (api.Order, error)) (api.Order, error) {
	client, err := m.session.Client()
	if err != nil {
		return api.Order{}, err
	}
	o, err := request(client)
	m.session.Record(err)
	if err != nil {
		return o, err
	}
	return o, m.keep(client, o)
}

// Place places an order for a client of the seller. A key places at most one order;
// "" means without a key.
func (m *Mirror) Place(ctx context.Context, key string, n api.NewOrder) (api.PlacedOrder, error) {
	var placed api.PlacedOrder
	_, err := m.act(func(c *api.Client) (_ api.Order, err error) {
		if key == "" {
			placed, err = c.PlaceOrder(ctx, n)
		} else {
			placed, err = c.PlaceOrderOnce(ctx, key, n)
		}
		return placed.Order, err
	})
	return placed, err
}

// Import places the orders of a CSV file, all or none. The [*api.Problem] that it
// returns lists the errors of the file.
func (m *Mirror) Import(ctx context.Context, in api.Import) (api.Imported, error) {
	if len(in.File) == 0 {
		in.File = []byte("\n") // the request needs a body; the answer names the columns
	}
	return ask(m, func(c *api.Client) (api.Imported, error) { return c.ImportOrders(ctx, in) })
}

// Change changes the agreement or the seller's notes. The server refuses it with
// order.Stale if the order has another version by now.
func (m *Mirror) Change(ctx context.Context, id string, version int, e api.OrderEdit) (api.Order, error) {
	return m.act(func(c *api.Client) (api.Order, error) { return c.At(version).ChangeOrder(ctx, id, e) })
}

// BuyerLink returns the buyer's link.
func (m *Mirror) BuyerLink(ctx context.Context, id string) (api.ReviewLink, error) {
	return ask(m, func(c *api.Client) (api.ReviewLink, error) { return c.ReviewLink(ctx, id) })
}

// RenewBuyerLink gives the buyer a new link; the one before stops working.
func (m *Mirror) RenewBuyerLink(ctx context.Context, id string) (api.ReviewLink, error) {
	return ask(m, func(c *api.Client) (api.ReviewLink, error) { return c.RenewReviewLink(ctx, id) })
}

// RevokeBuyerLink disables the buyer's link until it is renewed.
func (m *Mirror) RevokeBuyerLink(ctx context.Context, id string) (api.ReviewLink, error) {
	return ask(m, func(c *api.Client) (api.ReviewLink, error) { return c.RevokeReviewLink(ctx, id) })
}

// Deliver submits a delivery. The server makes at most one for a key.
func (m *Mirror) Deliver(ctx context.Context, id, key string, work api.NewDelivery) (api.Order, error) {
	return m.act(func(c *api.Client) (api.Order, error) { return c.Deliver(ctx, id, key, work) })
}

// WriteMessage writes to the buyer.
func (m *Mirror) WriteMessage(ctx context.Context, id, message string) (api.Order, error) {
	return m.act(func(c *api.Client) (api.Order, error) { return c.WriteMessage(ctx, id, message) })
}

// ProposeCancellation asks the buyer to cancel; the message may be empty.
func (m *Mirror) ProposeCancellation(ctx context.Context, id, message string) (api.Order, error) {
	return m.act(func(c *api.Client) (api.Order, error) { return c.ProposeCancellation(ctx, id, message) })
}

// AnswerCancellation agrees to a proposal to cancel, declines it, or withdraws
// the seller's own.
func (m *Mirror) AnswerCancellation(ctx context.Context, id string, answer order.Action) (api.Order, error) {
	return m.act(func(c *api.Client) (api.Order, error) { return c.AnswerCancellation(ctx, id, answer) })
}

// historyPage is the number of events in one request.
const historyPage = 500

// History returns all events of the order, oldest first.
func (m *Mirror) History(ctx context.Context, id string) ([]order.Event, error) {
	return ask(m, func(c *api.Client) ([]order.Event, error) {
		events := []order.Event{}
		for after := uint64(0); ; {
			page, err := c.History(ctx, id, after, historyPage)
			if err != nil {
				return nil, err
			}
			events = append(events, page.Events...)
			if after = page.Next; after == 0 {
				return events, nil
			}
		}
	})
}
