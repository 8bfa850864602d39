package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"handover/backend/order"
)

// RecordViews implements [store.Views].
func (s *Store) RecordViews(ctx context.Context, readings []order.View, p order.Policy) error {
	ids := make([]string, 0, len(readings))
	for _, r := range readings {
		if storable(r.Order) {
			ids = append(ids, r.Order)
		}
	}
	slices.Sort(ids)
	var seq uint64
	err := s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		seq = 0
		rows, err := tx.Query(ctx, "SELECT doc FROM orders WHERE id = ANY($1) ORDER BY id FOR UPDATE", slices.Compact(ids))
		found, err := collect[order.Order](rows, err, "order")
		if err != nil {
			return err
		}
		if all := noted(found, readings, p); len(all) > 0 {
			seq, err = save(ctx, tx, all)
		}
		return err
	})
	if err == nil {
		s.announce(seq)
	}
	return err
}

// noted returns what the readings change of the orders.
func noted(found []order.Order, readings []order.View, p order.Policy) (all []saving) {
	orders := make(map[string]order.Order, len(found))
	for _, o := range found {
		orders[o.ID] = o
	}
	for _, r := range readings {
		before, ok := orders[r.Order]
		if !ok {
			continue
		}
		o := before
		events := o.RecordView(r, p)
		if len(events) == 0 {
			continue
		}
		v := changeOf(before, o, events)
		orders[o.ID] = v.after
		all = append(all, v)
	}
	return all
}
