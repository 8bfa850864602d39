package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"handover/backend/order"
)

// OrderByViewLink implements [store.Orders].
func (s *Store) OrderByViewLink(ctx context.Context, viewHash string) (o order.Order, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		o, err = find[order.Order](ctx, q, "order", "SELECT doc FROM orders WHERE id = (SELECT order_id FROM views WHERE hash = $1)", viewHash)
		return err
	})
	if _, ok := o.ViewedBy(viewHash); err == nil && !ok {
		return order.Order{}, notFound("order")
	}
	return o, err
}

func viewHashes(o order.Order) []string {
	hashes := make([]string, len(o.ViewLinks))
	for i, l := range o.ViewLinks {
		hashes[i] = l.Hash
	}
	slices.Sort(hashes)
	return hashes
}

// putViews queues that the order is found by the hashes of its links to look.
func putViews(b *pgx.Batch, v saving) {
	before, after := viewHashes(v.before), viewHashes(v.after)
	if slices.Equal(before, after) {
		return
	}
	b.Queue("DELETE FROM views WHERE order_id = $1 AND hash <> ALL($2)", v.after.ID, after)
	b.Queue("INSERT INTO views (hash, order_id) SELECT unnest($2::text[]), $1 ON CONFLICT (hash) DO UPDATE SET order_id = $1", v.after.ID, after)
}

// views compares what viewers' hashes find with what orders say.
func (v *verifier) views() error {
	found, err := v.tx.Query(v.ctx, "SELECT hash, order_id FROM views")
	if err != nil {
		return err
	}
	var hash, id string
	_, err = pgx.ForEachRow(found, []any{&hash, &id}, func() error {
		if v.viewed[hash] != id {
			v.problem("a link to look opens order %s, which does not know it", id)
		}
		delete(v.viewed, hash)
		return nil
	})
	for _, id := range v.viewed {
		v.problem("order %s is missing for one who may look at it", id)
	}
	return err
}
