// Package postgres keeps Handover's records in a PostgreSQL database, which
// several servers may use at once.
//
// Transactions are READ COMMITTED with explicit locks, always taken in this
// order, so that two never wait for each other: orders by ID, uploads by ID,
// the lock of the log of events, and what only its holder changes (counts and
// earnings). What deadlocks nonetheless is tried again.
package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"handover/backend/internal/store"
	"handover/backend/order"
)

var _ store.Store = (*Store)(nil)

// Store is a [store.Store] in a PostgreSQL database.
type Store struct {
	pool *pgxpool.Pool
	log  *slog.Logger
	// lease is leaseFor; tests have less time.
	lease leaseTimes
	locks *locks

	stop      context.CancelFunc
	listening sync.WaitGroup

	commented store.Watchers

	mu      sync.Mutex
	newest  uint64 // the highest Seq that was announced
	changed chan struct{}
}

// Open connects to the database at the address, such as
// postgres://user:password@host/name, and brings its tables to the latest
// format; of several servers that do so at once one does it and the others
// wait. It returns [store.ErrUnavailable] when the database does not answer, and
// ErrNewer for one that a newer version has changed. No error has the password.
func Open(ctx context.Context, address string, log *slog.Logger) (*Store, error) {
	c, err := configure(address)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, c); err != nil {
		return nil, fmt.Errorf("open the database: %w", explain(fault(ctx, err)))
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", fault(ctx, err))
	}
	s := &Store{pool: pool, log: log, lease: leaseTimes(leaseFor), locks: newLocks(), changed: make(chan struct{})}
	if s.newest, err = s.LastSeq(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open the database: %w", err)
	}
	listen, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.listening.Go(func() { s.listen(listen) })
	return s, nil
}

// Close ends all connections once running transactions have ended.
func (s *Store) Close() error {
	s.stop()
	s.listening.Wait()
	s.locks.close()
	s.pool.Close()
	return nil
}

// Changed returns a channel that is closed once events were added, by this
// server at once and by another within a moment.
func (s *Store) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// announce tells that the log has come to seq. What was announced before, as
// when the notification of a change of our own arrives, is not told again.
func (s *Store) announce(seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq <= s.newest {
		return
	}
	s.newest = seq
	close(s.changed)
	s.changed = make(chan struct{})
}

// Connections says how many connections are used, how many there are, and how
// many there may be.
func (s *Store) Connections() (used, open, most int32) {
	st := s.pool.Stat()
	return st.AcquiredConns(), st.TotalConns(), st.MaxConns()
}

// nanos is a time as the tables keep it. What does not fit sorts first or last.
func nanos(t time.Time) int64 {
	switch {
	case t.Year() > 2261:
		return math.MaxInt64
	case t.Year() < 1678:
		return math.MinInt64
	}
	return t.UnixNano()
}

// storable reports whether a text column can hold the name; what cannot be
// there need not be looked for.
func storable(name string) bool {
	for i := range len(name) {
		if name[i] == 0 {
			return false
		}
	}
	return name != "" && utf8.ValidString(name)
}

func notFound(what string) error {
	return &order.Error{Code: order.NotFound, Message: "there is no such " + what}
}

// find reads the one document that a query selects by the name; it returns
// NotFound, named by what, when there is none.
func find[T any](ctx context.Context, q querier, what, sql, name string, args ...any) (v T, err error) {
	if !storable(name) {
		return v, notFound(what)
	}
	var raw []byte
	err = q.QueryRow(ctx, sql, append([]any{name}, args...)...).Scan(&raw)
	if errors.Is(err, pgx.ErrNoRows) {
		return v, notFound(what)
	}
	if err != nil {
		return v, err
	}
	return decode[T](what, name, raw)
}

func decode[T any](what, name string, raw []byte) (v T, err error) {
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("read %s %s: %w", what, name, err)
	}
	return v, nil
}

// collect decodes the documents of all rows.
func collect[T any](rows pgx.Rows, err error, what string) ([]T, error) {
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (v T, err error) {
		var raw []byte
		if err := row.Scan(&raw); err != nil {
			return v, err
		}
		return decode[T](what, "of a list", raw)
	})
}

// encode returns the document of a record, which is of plain values.
func encode(v any) (json.RawMessage, error) {
	raw, err := json.Marshal(v)
	return raw, err
}
