// Package orders keeps the seller's list of orders as the server describes it,
// and buffers the server's events until they are applied to it.
package orders

import (
	"cmp"
	"slices"
	"time"

	"handover/app/internal/draft"
	"handover/backend/api"
	"handover/backend/order"
)

// Summary is one order in a long list.
type Summary struct {
	ID, Title, Buyer string
	Status           order.Status
	Late             bool
	DueAt            time.Time
	ReviewEndsAt     time.Time // may be zero, like the times below
	CompletedAt      time.Time
	CompletedBy      order.Completer
	CancelledAt      time.Time
	Price            api.Price
	Payment          order.PaymentStatus
	ClearsAt         time.Time
	Deliveries       int
	CancellationBy   order.Party // "" if no cancellation is proposed
	CanDeliver       bool
	HasDraft         bool
	Unread           draft.Unread
}

// SummaryOf returns the summary of an order. HasDraft and Unread stay empty,
// because the server does not know them.
func SummaryOf(o api.Order) Summary {
	s := Summary{
		ID: o.ID, Title: o.Title, Buyer: o.Buyer.Name, Status: o.Status, Late: o.Late, DueAt: o.DueAt,
		ReviewEndsAt: timeOf(o.ReviewEndsAt), CompletedAt: timeOf(o.CompletedAt), CompletedBy: o.CompletedBy,
		CancelledAt: timeOf(o.CancelledAt), Price: o.Price, Payment: o.Payment.Status, ClearsAt: timeOf(o.Payment.ClearsAt),
		Deliveries: len(o.Deliveries), CanDeliver: slices.Contains(o.Allowed, order.Deliver),
	}
	if o.Cancellation != nil {
		s.CancellationBy = o.Cancellation.ProposedBy
	}
	return s
}

func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// byUrgency sorts the orders that wait for the seller first, by due date; then
// those in review, by the end of the review; then the finished ones, latest first.
func byUrgency(a, b Summary) int {
	place := func(s Summary) (group int, at int64) {
		switch s.Status {
		case order.Active, order.InRevision:
			return 0, s.DueAt.UnixNano()
		case order.Delivered:
			return 1, s.ReviewEndsAt.UnixNano()
		default:
			return 2, -max(s.CompletedAt.Unix(), s.CancelledAt.Unix())
		}
	}
	aGroup, aAt := place(a)
	bGroup, bAt := place(b)
	return cmp.Or(cmp.Compare(aGroup, bGroup), cmp.Compare(aAt, bAt), cmp.Compare(a.ID, b.ID))
}
