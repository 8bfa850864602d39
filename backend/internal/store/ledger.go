package store

import (
	"context"

	"handover/backend/order"
)

// Ledger keeps where the money of orders went. Its entries are made by the
// events of [Orders], in the same transaction, and never change.
type Ledger interface {
	// Entries returns up to limit entries of a seller with a Seq above after,
	// oldest first.
	Entries(ctx context.Context, sellerID string, after uint64, limit int) ([]order.Entry, error)
	// Earnings returns the sums of a seller's entries by month and currency,
	// oldest first. It takes as long however many orders there are.
	Earnings(ctx context.Context, sellerID string) ([]order.MonthEarnings, error)
	// CheckLedger compares every order with its entries, and the entries with
	// their sums, and returns what contradicts, in words for the operator.
	CheckLedger(ctx context.Context) (problems []string, err error)
}

// Views records what buyers looked at.
type Views interface {
	// RecordViews records views in one transaction, see [order.Order.Note].
	// What was recorded before or names nothing is skipped.
	RecordViews(ctx context.Context, views []order.View, p order.Policy) error
}
