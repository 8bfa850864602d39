package postgres

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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

// save stores orders, their events and the derived data, and returns the Seq of
// the last event, 0 for none. The caller has locked the orders. It must be the
// last step of a transaction, see lockLog.
func save(ctx context.Context, tx pgx.Tx, all []store.Revision) (last uint64, err error) {
	if err := sendRest(ctx, tx, all); err != nil {
		return 0, err
	}
	documents, happened := &pgx.Batch{}, 0
	for _, r := range all {
		happened += len(r.Events)
		if err := putOrder(documents, r); err != nil {
			return 0, err
		}
	}
	if happened > 0 {
		lockLog(documents, &last)
	}
	if err := tx.SendBatch(ctx, documents).Close(); err != nil || happened == 0 {
		return 0, err
	}
	log, counts := &pgx.Batch{}, map[order.Status]int{}
	for _, r := range all {
		if last, err = appendEvents(log, r.After, r.Events, last); err != nil {
			return 0, err
		}
		if r.Before.Status != r.After.Status {
			counts[r.Before.Status]--
			counts[r.After.Status]++
		}
	}
	delete(counts, "") // the status of new orders before
	count(log, counts)
	notify(log, last)
	return last, tx.SendBatch(ctx, log).Close()
}

// putOrder queues the order's row.
func putOrder(b *pgx.Batch, r store.Revision) error {
	o := r.After
	doc, err := encode(o)
	if err != nil {
		return err
	}
	sql := `UPDATE orders SET seller = $2, status = $3, due_at = $4, deadline = $5, review_hash = $6, search = $7, doc = $8 WHERE id = $1`
	if r.Before.ID == "" { // a new order
		sql = `INSERT INTO orders (id, seller, status, due_at, deadline, review_hash, search, doc)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`
	}
	c := columnsOf(o)
	b.Queue(sql, o.ID, c.seller, c.status, c.due, c.deadline, c.review, c.search, doc).Exec(func(done pgconn.CommandTag) error {
		if done.RowsAffected() == 1 {
			return nil
		}
		return store.ErrOrderExists
	})
	putViews(b, r)
	return nil
}

// columns are the values of an order that queries use, next to its document.
type columns struct {
	seller, status string
	due            int64
	deadline       *int64
	review         *string
	search         []byte
}

func columnsOf(o order.Order) columns {
	c := columns{seller: o.SellerID, status: string(o.Status), due: nanos(o.DueAt), search: store.SearchText(o)}
	if due := o.NextDeadline(); !due.IsZero() {
		at := nanos(due)
		c.deadline = &at
	}
	if o.ReviewHash != "" {
		c.review = &o.ReviewHash
	}
	return c
}

func (c columns) equal(d columns) bool {
	return c.seller == d.seller && c.status == d.status && c.due == d.due && same(c.deadline, d.deadline) && same(c.review, d.review) && bytes.Equal(c.search, d.search)
}

func same[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// count queues the changes of the numbers of orders by status.
func count(b *pgx.Batch, counts map[order.Status]int) {
	for _, status := range slices.Sorted(maps.Keys(counts)) {
		if n := counts[status]; n != 0 {
			b.Queue("INSERT INTO order_counts AS c (status, n) VALUES ($1, $2) ON CONFLICT (status) DO UPDATE SET n = c.n + $2", string(status), n)
		}
	}
}
