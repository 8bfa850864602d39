package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Place implements [store.Orders].
func (s orders) Place(ctx context.Context, o order.Order, e order.Event, reviewHash string) (order.Order, error) {
	placed, err := s.PlaceAll(ctx, store.Placement{Orders: []store.NewOrder{{Order: o, Event: e, ReviewHash: reviewHash}}})
	if err != nil {
		return order.Order{}, err
	}
	return placed[0], nil
}

// PlaceAll implements [store.Orders].
func (s orders) PlaceAll(ctx context.Context, p store.Placement) (placed []order.Order, err error) {
	var seq uint64
	err = s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		placed, seq = nil, 0
		if p.Key != "" {
			repeated, err := putPlacement(ctx, tx, p)
			if err != nil {
				return err
			}
			if repeated {
				placed, err = placedBefore(ctx, tx, p)
				return err
			}
		}
		all := make([]store.Revision, len(p.Orders))
		for i, n := range p.Orders {
			all[i] = store.PlaceRevision(n)
			placed = append(placed, all[i].After)
		}
		seq, err = save(ctx, tx, all)
		return err
	})
	if err := s.announceAfter(err, seq); err != nil {
		return nil, err
	}
	return placed, nil
}

// putPlacement stores the placement under its key, and reports whether the key was
// used before. A concurrent use of the same key waits here.
func putPlacement(ctx context.Context, tx pgx.Tx, p store.Placement) (repeated bool, err error) {
	ids := make([]string, len(p.Orders))
	for i, n := range p.Orders {
		ids[i] = n.Order.ID
	}
	done, err := tx.Exec(ctx, "INSERT INTO placements (seller, key, request, orders) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		p.SellerID, []byte(p.Key), []byte(p.Request), ids)
	if err != nil {
		return false, err
	}
	return done.RowsAffected() == 0, nil
}

// placedBefore returns the orders of the first use of the placement's key.
func placedBefore(ctx context.Context, tx pgx.Tx, p store.Placement) ([]order.Order, error) {
	var request []byte
	var ids []string
	err := tx.QueryRow(ctx, "SELECT request, orders FROM placements WHERE seller = $1 AND key = $2", p.SellerID, []byte(p.Key)).Scan(&request, &ids)
	if err != nil {
		return nil, err
	}
	if err := store.SameRequest(string(request), p.Request); err != nil {
		return nil, err
	}
	orders := make([]order.Order, len(ids))
	for i, id := range ids {
		if orders[i], err = find[order.Order](ctx, tx, "order", selectOrder, id); err != nil {
			return nil, err
		}
	}
	return orders, nil
}
