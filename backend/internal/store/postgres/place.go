package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Place implements [store.Orders].
func (s *Store) Place(ctx context.Context, o order.Order, e order.Event, reviewHash string) (order.Order, error) {
	placed, err := s.PlaceAll(ctx, store.Placement{Orders: []store.NewOrder{{Order: o, Event: e, ReviewHash: reviewHash}}})
	if err != nil {
		return order.Order{}, err
	}
	return placed[0], nil
}

// PlaceAll implements [store.Orders].
func (s *Store) PlaceAll(ctx context.Context, p store.Placement) (placed []order.Order, err error) {
	var seq uint64
	err = s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		placed, seq = nil, 0
		if p.Key != "" {
			again, err := takeKey(ctx, tx, p)
			if err != nil || again {
				placed, err = placedBefore(ctx, tx, p, err)
				return err
			}
		}
		all := make([]saving, len(p.Orders))
		for i, n := range p.Orders {
			n.Order.ReviewHash = n.ReviewHash
			all[i] = changeOf(order.Order{}, n.Order, []order.Event{n.Event})
			placed = append(placed, all[i].after)
		}
		seq, err = save(ctx, tx, all)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.announce(seq)
	return placed, nil
}

// takeKey notes the placement's key, and reports whether it was used before.
// Who uses the same key at once waits here.
func takeKey(ctx context.Context, tx pgx.Tx, p store.Placement) (again bool, err error) {
	ids := make([]string, len(p.Orders))
	for i, n := range p.Orders {
		ids[i] = n.Order.ID
	}
	done, err := tx.Exec(ctx, "INSERT INTO placements (seller, key, request, orders) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		p.SellerID, []byte(p.Key), []byte(p.Request), ids)
	return err == nil && done.RowsAffected() == 0, err
}

// placedBefore returns the orders of the first use of the placement's key.
func placedBefore(ctx context.Context, tx pgx.Tx, p store.Placement, err error) ([]order.Order, error) {
	var request []byte
	var ids []string
	if err == nil {
		err = tx.QueryRow(ctx, "SELECT request, orders FROM placements WHERE seller = $1 AND key = $2", p.SellerID, []byte(p.Key)).Scan(&request, &ids)
	}
	if err == nil {
		err = sameRequest(string(request), p.Request)
	}
	if err != nil {
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
