package orders

import (
	"context"
	"fmt"
	"slices"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// DueAt returns when the order is due; zero if that is not known.
func (m *Mirror) DueAt(id string) time.Time {
	o, _, err := m.drafts.CachedOrder(id)
	if err != nil {
		m.options.Log.Warn("a due date cannot be read", "order", id, "error", err)
	}
	return o.DueAt
}

// RequireOpen refuses an order that cannot be delivered, as far as is known: changes of
// a draft do not wait for the network.
func (m *Mirror) RequireOpen(ctx context.Context, id string) error {
	o, _, _, err := m.Order(ctx, id)
	if err != nil {
		return err
	}
	return AllowsDelivery(o)
}

// AllowsDelivery refuses an order that cannot be delivered.
func AllowsDelivery(o api.Order) error {
	if !slices.Contains(o.Allowed, order.Deliver) {
		return &order.Error{Code: order.Conflict, Message: fmt.Sprintf("the order is %s; nothing can be delivered any more", o.Status)}
	}
	return nil
}
