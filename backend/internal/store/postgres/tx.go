package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"handover/backend/internal/store"
	"handover/backend/order"
)

const (
	// answerWithin bounds an operation, whatever keeps the database from
	// answering; it is more than the time-outs that the database itself has.
	answerWithin = 45 * time.Second
	// attempts bounds how often a transaction is tried that was rolled back
	// through no fault of its own.
	attempts = 5
)

// querier is a pool, a connection or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// read calls f with what answers single queries, and once more when the
// connection was lost: reading twice does no harm. What ends one connection has
// often ended all, so the second time is on a new one.
func (s *Store) read(ctx context.Context, f func(ctx context.Context, q querier) error) error {
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	err := f(within, s.pool)
	if lost(err) && within.Err() == nil {
		s.pool.Reset()
		err = f(within, s.pool)
	}
	return fault(ctx, err)
}

// view calls f in a transaction that sees one moment and may take long.
func (s *Store) view(ctx context.Context, f func(tx pgx.Tx) error) error {
	moment := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	tx, err := s.pool.BeginTx(ctx, moment)
	if lost(err) && ctx.Err() == nil {
		s.pool.Reset()
		tx, err = s.pool.BeginTx(ctx, moment)
	}
	if err != nil {
		return fault(ctx, err)
	}
	defer rollback(ctx, tx)
	_, err = tx.Exec(ctx, "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
	if err == nil {
		err = f(tx)
	}
	return fault(ctx, err)
}

// update calls f in a transaction and commits what it did, unless it returns an
// error. f is called again when the transaction was rolled back by a deadlock or
// the loss of the connection.
func (s *Store) update(ctx context.Context, f func(ctx context.Context, tx pgx.Tx) error) error {
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	for try := 1; ; try++ {
		again, err := s.attempt(within, f)
		if err == nil {
			return nil
		}
		if !again || try == attempts || within.Err() != nil {
			return fault(ctx, err)
		}
		if lost(err) {
			s.pool.Reset()
		}
		select {
		case <-within.Done():
		case <-time.After(rand.N(time.Duration(try) * 20 * time.Millisecond)):
		}
	}
}

// attempt is one try; again says that it was rolled back and may succeed now.
func (s *Store) attempt(ctx context.Context, f func(ctx context.Context, tx pgx.Tx) error) (again bool, err error) {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return lost(err), err
	}
	defer rollback(ctx, tx)
	if err := f(ctx, tx); err != nil {
		return conflicted(err) || lost(err), err
	}
	// From here on the outcome has to be known: who has hung up does not stop
	// it. When the connection breaks nobody knows, and it is not tried again.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	err = tx.Commit(last)
	return conflicted(err), err
}

// rollback ends a transaction that was not committed.
func rollback(ctx context.Context, tx pgx.Tx) {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectWithin)
	defer cancel()
	_ = tx.Rollback(last) // of one that was committed, or whose connection is gone, there is nothing to roll back
}

// conflicted reports whether the database rolled a transaction back because of
// another one.
func conflicted(err error) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && (p.Code == "40001" || p.Code == "40P01")
}

// away are the beginnings of SQLSTATEs by which a database says that it cannot
// answer now: connections, resources, shut-downs, time-outs, a standby.
var away = []string{"08", "53", "57P", "57014", "55P03", "25P03", "25006", "40", "58"}

// lost reports whether an error is one of the connection, or of a database that
// shuts down, starts, or has cut us off.
func lost(err error) bool {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return strings.HasPrefix(p.Code, "08") || strings.HasPrefix(p.Code, "57P") || p.Code == "25P03"
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err) || err != nil && strings.Contains(err.Error(), "conn closed")
}

// fault makes an error of the database one that callers know: what it says when
// it cannot answer now is [store.ErrUnavailable]. The caller's own end stays what
// it is.
func fault(ctx context.Context, err error) error {
	var refused *order.Error
	if err == nil || errors.As(err, &refused) || errors.Is(err, store.ErrUnavailable) {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	var p *pgconn.PgError
	unavailable := errors.Is(err, context.DeadlineExceeded) || lost(err)
	if errors.As(err, &p) {
		for _, code := range away {
			unavailable = unavailable || strings.HasPrefix(p.Code, code)
		}
	}
	if unavailable {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return err
}
