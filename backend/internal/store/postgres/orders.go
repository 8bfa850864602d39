package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

const (
	selectOrder = "SELECT doc FROM orders WHERE id = $1"
	// lockOrder waits for whoever changes the order and reads what they left.
	lockOrder = selectOrder + " FOR UPDATE"
)

// Order implements [store.Orders].
func (s *Store) Order(ctx context.Context, id string) (o order.Order, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		o, err = find[order.Order](ctx, q, "order", selectOrder, id)
		return err
	})
	return o, err
}

// OrderByReview implements [store.Orders].
func (s *Store) OrderByReview(ctx context.Context, reviewHash string) (o order.Order, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		o, err = find[order.Order](ctx, q, "order", "SELECT doc FROM orders WHERE review_hash = $1 LIMIT 1", reviewHash)
		return err
	})
	if err == nil && !o.OpenedBy(reviewHash) {
		return order.Order{}, notFound("order")
	}
	return o, err
}

// Change implements [store.Orders].
func (s *Store) Change(ctx context.Context, c store.Change) (o order.Order, err error) {
	var refused error
	var seq uint64
	err = s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		refused, seq = nil, 0
		if o, err = find[order.Order](ctx, tx, "order", lockOrder, c.Order); err != nil {
			return err
		}
		if c.Key != "" {
			if done, err := usedKey(ctx, tx, c); done || err != nil {
				return err
			}
		}
		uploads, err := lockUploads(ctx, tx, c.Uploads)
		if isMissing(err) {
			refused = err
			return nil
		}
		if err != nil {
			return err
		}
		if c.Comments != nil {
			if *c.Comments, err = listOf[order.Comment](ctx, tx, comments, c.Order); err != nil {
				return err
			}
		}
		before := o
		var events []order.Event
		if events, refused = c.Apply(&o, uploads); len(events) == 0 {
			return nil
		}
		if refused == nil {
			if err := recordChange(ctx, tx, c, uploads, len(o.Deliveries)); err != nil {
				return err
			}
		}
		v := changeOf(before, o, events)
		o = v.after
		seq, err = save(ctx, tx, []saving{v})
		return err
	})
	if err != nil {
		return order.Order{}, err
	}
	s.announce(seq)
	return o, refused
}

// usedKey reports whether the change was made before; with another request it
// is refused.
func usedKey(ctx context.Context, tx pgx.Tx, c store.Change) (bool, error) {
	var request []byte
	err := tx.QueryRow(ctx, "SELECT request FROM idempotency WHERE order_id = $1 AND key = $2", c.Order, []byte(c.Key)).Scan(&request)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err == nil {
		err = sameRequest(string(request), c.Request)
	}
	return true, err
}

func sameRequest(done, request string) error {
	if done != request {
		return &order.Error{Code: order.Exists, Field: "Idempotency-Key", Message: "this Idempotency-Key was used for another request"}
	}
	return nil
}

func isMissing(err error) bool { return errors.Is(err, &order.Error{Code: order.UploadMissing}) }

// lockUploads returns the records in the order of ids, and keeps others from
// delivering or dropping them meanwhile.
func lockUploads(ctx context.Context, tx pgx.Tx, ids []string) ([]order.Upload, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	names := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !storable(id) })
	rows, err := tx.Query(ctx, "SELECT doc FROM uploads WHERE id = ANY($1) ORDER BY id FOR UPDATE", names)
	found, err := collect[order.Upload](rows, err, "upload")
	if err != nil {
		return nil, err
	}
	byID := make(map[string]order.Upload, len(found))
	for _, u := range found {
		byID[u.ID] = u
	}
	uploads := make([]order.Upload, len(ids))
	for i, id := range ids {
		u, ok := byID[id]
		if !ok {
			return nil, &order.Error{Code: order.UploadMissing, Field: "files", Message: fmt.Sprintf("the upload %q has not arrived whole", id)}
		}
		uploads[i] = u
	}
	return uploads, nil
}

// recordChange notes what a change has used up, its key and its uploads, and the
// comments that it took along.
func recordChange(ctx context.Context, tx pgx.Tx, c store.Change, uploads []order.Upload, delivery int) error {
	if c.Comments != nil {
		if err := putList(ctx, tx, comments, c.Order, *c.Comments); err != nil {
			return err
		}
	}
	b := &pgx.Batch{}
	if c.Key != "" {
		b.Queue("INSERT INTO idempotency (order_id, key, request) VALUES ($1, $2, $3)", c.Order, []byte(c.Key), []byte(c.Request))
	}
	for _, u := range uploads {
		if u.DeliveredIn != 0 {
			continue
		}
		u.DeliveredIn = delivery
		doc, err := encode(u)
		if err != nil {
			return err
		}
		b.Queue("UPDATE uploads SET delivered_in = $2, doc = $3 WHERE id = $1", u.ID, u.DeliveredIn, doc)
	}
	if b.Len() == 0 {
		return nil
	}
	return tx.SendBatch(ctx, b).Close()
}

// AdvanceDue implements [store.Orders]. Of several servers that do so at once each
// takes other orders, and one that somebody changes now is left for later.
func (s *Store) AdvanceDue(ctx context.Context, now time.Time, p order.Policy, limit int) (n int, err error) {
	var seq uint64
	err = s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT doc FROM orders WHERE deadline <= $1 ORDER BY deadline, id LIMIT $2 FOR UPDATE SKIP LOCKED`, nanos(now), limit)
		due, err := collect[order.Order](rows, err, "order")
		if err != nil {
			return err
		}
		all := make([]saving, len(due))
		for i, before := range due {
			o := before
			events := o.Advance(now, p)
			all[i] = changeOf(before, o, events)
		}
		n = len(due)
		seq, err = save(ctx, tx, all)
		return err
	})
	if err != nil {
		return 0, err
	}
	s.announce(seq)
	return n, nil
}

// NextDeadline implements [store.Orders].
func (s *Store) NextDeadline(ctx context.Context) (due time.Time, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		var at *int64
		err := q.QueryRow(ctx, "SELECT min(deadline) FROM orders WHERE deadline IS NOT NULL").Scan(&at)
		if at != nil {
			due = time.Unix(0, *at).UTC()
		}
		return err
	})
	return due, err
}

// EachOrder implements [store.Orders].
func (s *Store) EachOrder(ctx context.Context, f func(order.Order) error) error {
	return s.view(ctx, func(tx pgx.Tx) error {
		return each(ctx, tx, "SELECT doc FROM orders ORDER BY id", "order", f)
	})
}

// each calls f with every document of a query, as they arrive.
func each[T any](ctx context.Context, tx pgx.Tx, sql, what string, f func(T) error) error {
	rows, err := tx.Query(ctx, sql)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := decode[T](what, "of all", rows.RawValues()[0])
		if err != nil {
			return err
		}
		if err := f(v); err != nil {
			return err
		}
	}
	return rows.Err()
}

// CountOrders implements [store.Orders].
func (s *Store) CountOrders(ctx context.Context) (map[order.Status]int, error) {
	counted := map[order.Status]int{}
	for _, status := range order.Statuses() {
		counted[status] = 0
	}
	err := s.read(ctx, func(ctx context.Context, q querier) error {
		rows, err := q.Query(ctx, "SELECT status, n FROM order_counts")
		if err != nil {
			return err
		}
		var status order.Status
		var n int
		_, err = pgx.ForEachRow(rows, []any{&status, &n}, func() error {
			counted[status] = n
			return nil
		})
		return err
	})
	return counted, err
}
