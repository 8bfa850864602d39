package store

import (
	"context"

	"handover/backend/order"
)

// EventLog is the append-only log of events. A change of an order appends its events
// in the same transaction.
type EventLog interface {
	// Events returns up to limit events with a Seq above after, oldest first.
	Events(ctx context.Context, q EventQuery) ([]order.Event, error)
	// LastSeq returns the Seq of the newest event, 0 for an empty log.
	LastSeq(ctx context.Context) (uint64, error)
	// Changed returns a channel that closes when events are added after the call.
	Changed() <-chan struct{}
}

// EventQuery selects events after a Seq of a seller's orders, or of one order.
type EventQuery struct {
	After    uint64
	SellerID string // "" for any
	OrderID  string // "" for any
	Limit    int
}
