package postgres

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

const (
	selectOrder = "SELECT doc FROM orders WHERE id = $1"
	// lockOrder waits for a concurrent change of the order and reads its result.
	lockOrder = selectOrder + " FOR UPDATE"
)

// Order implements [store.Orders].
func (s orders) Order(ctx context.Context, id string) (o order.Order, err error) {
	return s.find(ctx, selectOrder, id)
}

func (s orders) find(ctx context.Context, sql, name string) (o order.Order, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		o, err = find[order.Order](ctx, q, "order", sql, name)
		return err
	})
	return o, err
}

// OrderByReview implements [store.Orders].
func (s orders) OrderByReview(ctx context.Context, reviewHash string) (order.Order, error) {
	o, err := s.find(ctx, "SELECT doc FROM orders WHERE review_hash = $1 LIMIT 1", reviewHash)
	if err != nil {
		return o, err
	}
	if !o.OpenedBy(reviewHash) {
		return order.Order{}, store.NotFound("order")
	}
	return o, nil
}

// Change implements [store.Orders].
func (s orders) Change(ctx context.Context, c store.Change) (o order.Order, err error) {
	var refused error
	var seq uint64
	err = s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		t := &changeTx{ctx: ctx, tx: tx}
		o, refused, err = c.Run(t)
		seq = t.seq
		return err
	})
	if err := s.announceAfter(err, seq); err != nil {
		return order.Order{}, err
	}
	return o, refused
}

// changeTx is a [store.ChangeTx].
type changeTx struct {
	ctx context.Context
	tx  pgx.Tx
	seq uint64 // of the last event
}

func (t *changeTx) Order(id string) (order.Order, error) {
	return find[order.Order](t.ctx, t.tx, "order", lockOrder, id)
}

func (t *changeTx) Request(orderID, key string) (string, bool, error) {
	var request []byte
	err := t.tx.QueryRow(t.ctx, "SELECT request FROM idempotency WHERE order_id = $1 AND key = $2", orderID, []byte(key)).Scan(&request)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", false, nil
	}
	return string(request), true, err
}

func (t *changeTx) Uploads(ids []string) (map[string]order.Upload, error) {
	names := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !storable(id) })
	rows, err := t.tx.Query(t.ctx, "SELECT doc FROM uploads WHERE id = ANY($1) ORDER BY id FOR UPDATE", names)
	uploads, err := collect[order.Upload](rows, err, "upload")
	if err != nil {
		return nil, err
	}
	found := make(map[string]order.Upload, len(uploads))
	for _, u := range uploads {
		found[u.ID] = u
	}
	return found, nil
}

func (t *changeTx) Comments(orderID string) ([]order.Comment, error) {
	return listOf[order.Comment](t.ctx, t.tx, comments, orderID)
}

func (t *changeTx) Record(c store.Change, delivered []order.Upload) error {
	if c.Comments != nil {
		if err := putList(t.ctx, t.tx, comments, c.Order, *c.Comments); err != nil {
			return err
		}
	}
	b := &pgx.Batch{}
	if c.Key != "" {
		b.Queue("INSERT INTO idempotency (order_id, key, request) VALUES ($1, $2, $3)", c.Order, []byte(c.Key), []byte(c.Request))
	}
	for _, u := range delivered {
		doc, err := encode(u)
		if err != nil {
			return err
		}
		b.Queue("UPDATE uploads SET delivered_in = $2, doc = $3 WHERE id = $1", u.ID, u.DeliveredIn, doc)
	}
	return send(t.ctx, t.tx, b)
}

func (t *changeTx) Save(r store.Revision) (err error) {
	t.seq, err = save(t.ctx, t.tx, []store.Revision{r})
	return err
}

// AdvanceDue implements [store.Deadlines]. Several servers that run it at once each
// take other orders. It skips an order that is being changed until the next call.
func (s deadlines) AdvanceDue(ctx context.Context, now time.Time, p order.Policy, limit int) (n int, err error) {
	var seq uint64
	err = s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT doc FROM orders WHERE deadline <= $1 ORDER BY deadline, id LIMIT $2 FOR UPDATE SKIP LOCKED`, nanos(now), limit)
		due, err := collect[order.Order](rows, err, "order")
		if err != nil {
			return err
		}
		all := make([]store.Revision, len(due))
		for i, before := range due {
			after := before
			events := after.Advance(now, p)
			all[i] = store.Revise(before, after, events)
		}
		n = len(due)
		seq, err = save(ctx, tx, all)
		return err
	})
	if err := s.announceAfter(err, seq); err != nil {
		return 0, err
	}
	return n, nil
}

// NextDeadline implements [store.Deadlines].
func (s deadlines) NextDeadline(ctx context.Context) (due time.Time, err error) {
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
func (s orders) EachOrder(ctx context.Context, f func(order.Order) error) error {
	return s.view(ctx, func(tx pgx.Tx) error {
		return each(ctx, tx, "SELECT doc FROM orders ORDER BY id", "order", f)
	})
}

// CountOrders implements [store.Orders].
func (s orders) CountOrders(ctx context.Context) (map[order.Status]int, error) {
	counted := map[order.Status]int{}
	for _, status := range order.Statuses() {
		counted[status] = 0
	}
	err := s.read(ctx, func(ctx context.Context, q querier) error {
		return eachCount(ctx, q, func(status order.Status, n int) { counted[status] = n })
	})
	return counted, err
}

func eachCount(ctx context.Context, q querier, f func(status order.Status, n int)) error {
	rows, err := q.Query(ctx, "SELECT status, n FROM order_counts")
	if err != nil {
		return err
	}
	var status order.Status
	var n int
	_, err = pgx.ForEachRow(rows, []any{&status, &n}, func() error {
		f(status, n)
		return nil
	})
	return err
}
