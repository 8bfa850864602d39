package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// The log has no gap, and a reader in order misses no event, because one
// transaction at a time appends. It locks the row of event_lock, reads the last
// Seq, and holds the lock until its commit is visible. A sequence would leave
// gaps after rollbacks, and would show Seq 8 before a slower transaction commits 7.
//
// The transaction takes the lock last and holds it for one round trip and the
// commit. It locks the row without changing it, so no dead versions pile up during
// a long backup.

const (
	// eventChannel notifies the other servers of new events, by their Seq. A
	// notification can be lost.
	eventChannel = "handover_events"
	// commentChannel notifies the other servers of changed comments, by the order's
	// ID.
	commentChannel = "handover_comments"
	// pollEvery is how often the server reads the log without a notification.
	pollEvery = 5 * time.Second
	// reconnectAfter is the wait after the connection was lost.
	reconnectAfter = time.Second
)

// lockLog queues the lock and the query for the last Seq. They are two statements,
// so the second sees the commits that the first waited for.
func lockLog(b *pgx.Batch, last *uint64) {
	b.Queue("SELECT 1 FROM event_lock FOR UPDATE")
	b.Queue("SELECT coalesce(max(seq), 0) FROM events").QueryRow(func(row pgx.Row) error { return row.Scan(last) })
}

// appendEvents queues the events of an order, numbered from last+1, with their
// ledger entries. It returns the Seq of the last event.
func appendEvents(b *pgx.Batch, o order.Order, events []order.Event, last uint64) (uint64, error) {
	for _, e := range events {
		last++
		e.Seq = last
		doc, err := encode(e)
		if err != nil {
			return 0, err
		}
		b.Queue("INSERT INTO events (seq, order_id, seller, doc) VALUES ($1, $2, $3, $4)", e.Seq, e.Order, e.Seller, doc)
		if err := appendEntry(b, o, e); err != nil {
			return 0, err
		}
	}
	return last, nil
}

func notify(b *pgx.Batch, seq uint64) {
	b.Queue("SELECT pg_notify($1, $2)", eventChannel, strconv.FormatUint(seq, 10))
}

// Events implements [store.EventLog].
func (s journal) Events(ctx context.Context, q store.EventQuery) (events []order.Event, err error) {
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

// LastSeq implements [store.EventLog].
func (s journal) LastSeq(ctx context.Context) (seq uint64, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		return q.QueryRow(ctx, "SELECT coalesce(max(seq), 0) FROM events").Scan(&seq)
	})
	return seq, err
}

// listen receives notifications of other servers until the context ends: new
// events, changed comments and wanted locks.
func (s *Store) listen(ctx context.Context) {
	silent := false // the outage is logged already
	for {
		err := s.receive(ctx, func() { silent = false })
		if ctx.Err() != nil {
			return
		}
		if !silent {
			s.log.Warn("the connection for notifications failed; trying again", "error", err)
			silent = true
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(reconnectAfter):
		}
	}
}

// receive listens on a separate connection until it breaks.
func (s *Store) receive(ctx context.Context, connected func()) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectWithin)
		defer cancel()
		_ = conn.Close(last) // the connection is unusable either way
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+eventChannel+"; LISTEN "+lockChannel+"; LISTEN "+commentChannel); err != nil {
		return err
	}
	connected()
	s.commented.NotifyAll()
	for {
		// Read after LISTEN, so no event is missed between the two.
		var seq uint64
		if err := conn.QueryRow(ctx, "SELECT coalesce(max(seq), 0) FROM events").Scan(&seq); err != nil {
			return err
		}
		s.announce(seq)
		if err := s.wait(ctx, conn); err != nil {
			return err
		}
	}
}

// wait handles notifications for pollEvery.
func (s *Store) wait(ctx context.Context, conn *pgx.Conn) error {
	within, cancel := context.WithTimeout(ctx, pollEvery)
	defer cancel()
	for {
		note, err := conn.WaitForNotification(within)
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			return nil
		}
		if err != nil {
			return err
		}
		switch note.Channel {
		case lockChannel:
			s.locks.ask(note.Payload)
		case commentChannel:
			s.commented.Notify(note.Payload)
		default:
			if seq, err := strconv.ParseUint(note.Payload, 10, 64); err == nil {
				s.announce(seq)
			}
		}
	}
}
