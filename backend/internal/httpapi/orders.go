package httpapi

import (
	"context"

	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// OrderPath is the part of a request that names an order. It is exported because
// huma ignores the fields of unexported embedded types.
type OrderPath struct {
	ID string `path:"id" doc:"the order's ID"`
}

// orders loads and changes the orders that the sender of a request may see.
type orders struct {
	access access.Authorizer
	store  store.Orders
}

// load returns an order with passed deadlines applied.
func (s *orders) load(ctx context.Context, id string) (order.Order, error) {
	return s.access.Load(ctx, principalOf(ctx), id)
}

var errBuyersOnly = &order.Error{Code: order.Forbidden, Message: "only the buyer may do this"}

// loadForBuyer loads the order for its buyer, and refuses its seller.
func (s *orders) loadForBuyer(ctx context.Context, id string) (order.Order, error) {
	o, err := s.load(ctx, id)
	if err != nil {
		return order.Order{}, err
	}
	if principalOf(ctx).Party != order.Buyer {
		return order.Order{}, errBuyersOnly
	}
	return o, nil
}

// change stores a change of an order, if the order still has the version that the
// sender knows.
func (s *orders) change(ctx context.Context, to ActionPath, c store.Change) (order.Order, error) {
	// The parties of an order never change, so this check can come first.
	if _, err := s.load(ctx, to.ID); err != nil {
		return order.Order{}, err
	}
	c.Order = to.ID
	apply := c.Apply
	c.Apply = func(o *order.Order, uploads []order.Upload) ([]order.Event, error) {
		if err := checkVersion(to.IfMatch, o.Version); err != nil {
			return nil, err
		}
		return apply(o, uploads)
	}
	return s.store.Change(ctx, c)
}

// apply is change without uploads, comments or a key.
func (s *orders) apply(ctx context.Context, to ActionPath, apply func(*order.Order) ([]order.Event, error)) (order.Order, error) {
	return s.change(ctx, to, store.Change{Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) { return apply(o) }})
}
