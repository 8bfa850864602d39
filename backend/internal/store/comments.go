package store

import (
	"context"

	"handover/backend/order"
)

// Comments keeps what buyers say about places in deliveries: beside the order,
// because lists and every change read the order whole, and because a draft of
// the buyer is neither a version of the order nor an event that its seller
// could see. What sends or takes up comments is a [Change].
type Comments interface {
	// ChangeComments replaces the comments of an order by what change makes of
	// them, which sees the order as stored and may be called again. With an
	// error nothing changes, and ChangeComments returns that error.
	ChangeComments(ctx context.Context, orderID string, change func(order.Order, []order.Comment) ([]order.Comment, error)) error
	// WatchComments returns a channel that holds a token after each change of
	// the order's comments by ChangeComments, one for several that were not read,
	// until stop is called. Comments that a [Change] sends are told by its events.
	WatchComments(orderID string) (changed <-chan struct{}, stop func())
	// Comments returns the comments of an order, none for one that is not there.
	Comments(ctx context.Context, orderID string) ([]order.Comment, error)
}
