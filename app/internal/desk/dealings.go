package desk

import (
	"context"

	"handover/backend/api"
	"handover/backend/order"
)

// ask asks the signed-in server, and remembers whether it answered.
func ask[T any](d *Mirror, f func(*api.Client) (T, error)) (T, error) {
	client, _, err := d.session.Server()
	if err != nil {
		var none T
		return none, err
	}
	answer, err := f(client)
	d.session.NoteAnswer(err)
	return answer, err
}

// deal is ask for an action, whose answer is the order as it stands then.
func (m *Mirror) deal(f func(*api.Client) (api.Order, error)) (api.Order, error) {
	client, _, err := m.session.Server()
	if err != nil {
		return api.Order{}, err
	}
	o, err := f(client)
	m.session.NoteAnswer(err)
	if err != nil {
		return o, err
	}
	return o, m.Keep(client, o)
}

// PlaceOrder places an order for a client of the seller. The same key never
// places two; "" is no key.
func (m *Mirror) Place(ctx context.Context, key string, n api.NewOrder) (api.PlacedOrder, error) {
	var placed api.PlacedOrder
	_, err := m.deal(func(c *api.Client) (_ api.Order, err error) {
		if key == "" {
			placed, err = c.PlaceOrder(ctx, n)
		} else {
			placed, err = c.PlaceOrderOnce(ctx, key, n)
		}
		return placed.Order, err
	})
	return placed, err
}

// ImportOrders places the orders of a CSV file, all or none. What is wrong with
// the file is in the Errors of the [*api.Problem] that it returns.
func (m *Mirror) Import(ctx context.Context, in api.Import) (api.Imported, error) {
	if len(in.File) == 0 {
		in.File = []byte("\n") // as empty, but a request with a body: the answer names the columns
	}
	return ask(m, func(c *api.Client) (api.Imported, error) { return c.ImportOrders(ctx, in) })
}

// ChangeOrder changes what was agreed on, or the seller's notes. It is refused
// with order.Stale when the order no longer has the version that the seller saw.
func (m *Mirror) Change(ctx context.Context, id string, version int, e api.OrderEdit) (api.Order, error) {
	return m.deal(func(c *api.Client) (api.Order, error) { return c.At(version).ChangeOrder(ctx, id, e) })
}

// BuyerLink returns the buyer's link as the server has it.
func (m *Mirror) BuyerLink(ctx context.Context, id string) (api.ReviewLink, error) {
	return ask(m, func(c *api.Client) (api.ReviewLink, error) { return c.ReviewLink(ctx, id) })
}

// RenewBuyerLink gives the buyer a new link; the one before stops working.
func (m *Mirror) RenewBuyerLink(ctx context.Context, id string) (api.ReviewLink, error) {
	return ask(m, func(c *api.Client) (api.ReviewLink, error) { return c.RenewReviewLink(ctx, id) })
}

// RevokeBuyerLink takes the buyer's link away until it is renewed.
func (m *Mirror) RevokeBuyerLink(ctx context.Context, id string) (api.ReviewLink, error) {
	return ask(m, func(c *api.Client) (api.ReviewLink, error) { return c.RevokeReviewLink(ctx, id) })
}

// WriteMessage writes to the buyer.
func (m *Mirror) WriteMessage(ctx context.Context, id, message string) (api.Order, error) {
	return m.deal(func(c *api.Client) (api.Order, error) { return c.WriteMessage(ctx, id, message) })
}

// ProposeCancellation asks the buyer to cancel; the message may be empty.
func (m *Mirror) ProposeCancellation(ctx context.Context, id, message string) (api.Order, error) {
	return m.deal(func(c *api.Client) (api.Order, error) { return c.ProposeCancellation(ctx, id, message) })
}

// AnswerCancellation agrees to a proposal to cancel, declines it, or withdraws
// the seller's own.
func (m *Mirror) AnswerCancellation(ctx context.Context, id string, answer order.Action) (api.Order, error) {
	return m.deal(func(c *api.Client) (api.Order, error) { return c.AnswerCancellation(ctx, id, answer) })
}

// historyPage is how many events are asked for at once.
const historyPage = 500

// History returns everything that happened to the order, oldest first.
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
