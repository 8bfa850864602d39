package store

import (
	"context"

	"handover/backend/order"
)

// Annotations stores lists that belong to an order but are not part of its
// document: the comments on its deliveries, and the computers on which a
// delivery is being prepared. Lists of orders and changes do not read them, and a
// change of an annotation makes neither a version nor an event. A [Change] sends
// comments and marks them as done.
type Annotations interface {
	// ChangeComments replaces the comments of an order with the result of change.
	// change receives the order as stored, and may be called again. With an error
	// nothing changes, and ChangeComments returns that error.
	ChangeComments(ctx context.Context, orderID string, change func(order.Order, []order.Comment) ([]order.Comment, error)) error
	// WatchComments returns a channel that receives a token after each
	// ChangeComments of the order, until stop is called. Unread tokens merge into
	// one. Comments that a [Change] sends are announced by its events.
	WatchComments(orderID string) (changed <-chan struct{}, stop func())
	// Comments returns the comments of an order, nil for a missing order.
	Comments(ctx context.Context, orderID string) ([]order.Comment, error)
	// ChangeDraftPresence replaces the list of computers that prepare a delivery of
	// the order with the result of change, which may be called again.
	ChangeDraftPresence(ctx context.Context, orderID string, change func([]order.DraftPresence) []order.DraftPresence) error
	// DraftPresence returns the computers that prepare a delivery of the order, nil for
	// a missing order.
	DraftPresence(ctx context.Context, orderID string) ([]order.DraftPresence, error)
}
