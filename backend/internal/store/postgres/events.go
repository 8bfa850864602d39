package postgres

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// The log has no gap and nobody who reads it in order ever misses an event,
// because appending is done by one transaction at a time: it locks the row of
// event_lock, looks for the last Seq, and holds the lock until it is committed
// and visible. A sequence would leave holes for what is rolled back, and would
// show the Seq 8 before a slower transaction commits 7.
//
// The lock is taken last, so that it is held for one round trip and the
// commit. The row is locked and not counted up, so that it leaves no dead
// versions behind for a long backup to keep.

// channel is what tells the other servers of new events, by their Seq. It is a
// hint; the log is the truth.
const channel = "handover_events"

// lockLog queues the lock and the question for the last Seq. They are two
// statements: the second sees what was committed while the first waited.
func lockLog(b *pgx.Batch, last *uint64) {
	b.Queue("SELECT 1 FROM event_lock FOR UPDATE")
	b.Queue("SELECT coalesce(max(seq), 0) FROM events").QueryRow(func(row pgx.Row) error { return row.Scan(last) })
}

// appendEvents queues the events of an order, which follow the Seq last, with
// what they did to its money, and returns the last one's Seq.
func appendEvents(b *pgx.Batch, o *order.Order, events []order.Event, last uint64) (uint64, error) {
	for _, e := range events {
		last++
		e.Seq = last
		doc, err := encode(e)
		if err != nil {
			return 0, err
		}
		b.Queue("INSERT INTO events (seq, order_id, seller, doc) VALUES ($1, $2, $3, $4)", e.Seq, e.Order, e.Seller, doc)
		if err := enter(b, o, e); err != nil {
			return 0, err
		}
	}
	return last, nil
}

func notify(b *pgx.Batch, seq uint64) {
	b.Queue("SELECT pg_notify($1, $2)", channel, strconv.FormatUint(seq, 10))
}

// Events implements [store.Orders].
func (s *Store) Events(ctx context.Context, q store.EventQuery) (events []order.Event, err error) {
	if q.After > math.MaxInt64 {
		return nil, nil
	}
	sql, args := "SELECT doc FROM events WHERE seq > $1", []any{q.After, q.Limit}
	of := func(column, value string) {
		sql += fmt.Sprintf(" AND %s = $%d", column, len(args)+1)
		args = append(args, value)
	}
	switch {
	case q.OrderID != "":
		of("order_id", q.OrderID)
	case q.SellerID != "":
		of("seller", q.SellerID)
	}
	if len(args) == 3 && !storable(args[2].(string)) {
		return nil, nil
	}
	err = s.read(ctx, func(ctx context.Context, c querier) error {
		rows, err := c.Query(ctx, sql+" ORDER BY seq LIMIT $2", args...)
		events, err = collect[order.Event](rows, err, "event")
		return err
	})
	return events, err
}

// LastSeq implements [store.Orders].
func (s *Store) LastSeq(ctx context.Context) (seq uint64, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		return q.QueryRow(ctx, "SELECT coalesce(max(seq), 0) FROM events").Scan(&seq)
	})
	return seq, err
}
