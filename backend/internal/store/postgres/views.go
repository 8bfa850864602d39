package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// OrderByViewLink implements [store.Orders].
func (s orders) OrderByViewLink(ctx context.Context, viewHash string) (order.Order, error) {
	o, err := s.find(ctx, "SELECT doc FROM orders WHERE id = (SELECT order_id FROM views WHERE hash = $1)", viewHash)
	if err != nil {
		return o, err
	}
	if _, ok := o.ViewedBy(viewHash); !ok {
		return order.Order{}, store.NotFound("order")
	}
	return o, nil
}

// RecordViews implements [store.Orders].
func (s orders) RecordViews(ctx context.Context, views []order.View, p order.Policy) error {
	ids := make([]string, 0, len(views))
	for _, v := range views {
		if storable(v.Order) {
			ids = append(ids, v.Order)
		}
	}
	slices.Sort(ids)
	var seq uint64
	err := s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		seq = 0
		rows, err := tx.Query(ctx, "SELECT doc FROM orders WHERE id = ANY($1) ORDER BY id FOR UPDATE", slices.Compact(ids))
		all, err := collect[order.Order](rows, err, "order")
		if err != nil {
			return err
		}
		found := make(map[string]order.Order, len(all))
		for _, o := range all {
			found[o.ID] = o
		}
		revisions := store.ViewRevisions(found, views, p)
		if len(revisions) == 0 {
			return nil
		}
		seq, err = save(ctx, tx, revisions)
		return err
	})
	return s.announceAfter(err, seq)
}

func viewHashes(o order.Order) []string {
	hashes := make([]string, len(o.ViewLinks))
	for i, l := range o.ViewLinks {
		hashes[i] = l.Hash
	}
	slices.Sort(hashes)
	return hashes
}

// putViews queues the index of the order's view links.
func putViews(b *pgx.Batch, r store.Revision) {
	before, after := viewHashes(r.Before), viewHashes(r.After)
	if slices.Equal(before, after) {
		return
	}
	b.Queue("DELETE FROM views WHERE order_id = $1 AND hash <> ALL($2)", r.After.ID, after)
	b.Queue("INSERT INTO views (hash, order_id) SELECT unnest($2::text[]), $1 ON CONFLICT (hash) DO UPDATE SET order_id = $1", r.After.ID, after)
}
