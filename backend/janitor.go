package backend

import (
	"context"
	"time"

	"handover/backend/internal/admin"
	"handover/backend/internal/store"
	"handover/backend/internal/upload/janitor"
	"handover/backend/order"
)

// Swept counts the uploads that the janitor removed or, in a dry run, would remove.
type Swept = admin.Swept

// shelf looks up orders for the janitor.
type shelf struct {
	store.Uploads
	orders store.Orders
	policy order.Policy
	now    func() time.Time
}

// OverSince implements [janitor.Shelf].
func (s shelf) OverSince(ctx context.Context, orderID string) (time.Time, error) {
	o, err := s.orders.Order(ctx, orderID)
	if err != nil {
		return time.Time{}, err
	}
	o.Advance(s.now(), s.policy)
	switch o.Status {
	case order.Completed:
		return o.CompletedAt, nil
	case order.Cancelled:
		return o.CancelledAt, nil
	}
	return time.Time{}, nil
}

func (s *Server) shelf() janitor.Shelf {
	return shelf{s.records.Uploads, s.records.Orders, s.config.Policy, s.config.Now}
}

// Sweep removes abandoned uploads, or only counts them in a dry run.
func (s *Server) Sweep(ctx context.Context, dryRun bool) (Swept, error) {
	done, err := s.files.Janitor.Sweep(ctx, s.shelf(), dryRun)
	return Swept(done), err
}
