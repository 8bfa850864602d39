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
	// answerWithin bounds an operation. It is longer than the time-outs of the
	// database.
	answerWithin = 45 * time.Second
	// attempts bounds the attempts of a transaction after rollbacks by the database.
	attempts = 5
)

// querier is a pool, a connection or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// read calls f with the pool, and again after a lost connection, because reads can
// be repeated. A cause that breaks one connection often breaks all, so the second
// attempt uses a new one.
func (d *database) read(ctx context.Context, f func(ctx context.Context, q querier) error) error {
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	err := f(within, d.pool)
	if lost(err) && within.Err() == nil {
		d.pool.Reset()
		err = f(within, d.pool)
	}
	return fault(ctx, err)
}

// view calls f in a read-only transaction on one snapshot, without time-outs.
func (d *database) view(ctx context.Context, f func(tx pgx.Tx) error) error {
	moment := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	tx, err := d.pool.BeginTx(ctx, moment)
	if lost(err) && ctx.Err() == nil {
		d.pool.Reset()
		tx, err = d.pool.BeginTx(ctx, moment)
	}
	if err != nil {
		return fault(ctx, err)
	}
	defer rollback(ctx, tx)
	if _, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"); err != nil {
		return fault(ctx, err)
	}
	return fault(ctx, f(tx))
}

// update calls f in a transaction and commits unless f returns an error. It calls
// f again after a deadlock or a lost connection rolled the transaction back.
func (d *database) update(ctx context.Context, f func(ctx context.Context, tx pgx.Tx) error) error {
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	for try := 1; ; try++ {
		again, err := d.attempt(within, f)
		if err == nil {
			return nil
		}
		if !again || try == attempts || within.Err() != nil {
			return fault(ctx, err)
		}
		if lost(err) {
			d.pool.Reset()
		}
		select {
		case <-within.Done():
		case <-time.After(rand.N(time.Duration(try) * 20 * time.Millisecond)):
		}
	}
}

// delete deletes rows in a separate transaction and returns their number.
func (d *database) delete(ctx context.Context, sql string, args ...any) (n int, err error) {
	err = d.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		done, err := tx.Exec(ctx, sql, args...)
		n = int(done.RowsAffected())
		return err
	})
	return n, err
}

// attempt is one attempt of update. again means that the transaction was rolled
// back and may succeed now.
func (d *database) attempt(ctx context.Context, f func(ctx context.Context, tx pgx.Tx) error) (again bool, err error) {
	tx, err := d.pool.Begin(ctx)
	if err != nil {
		return lost(err), err
	}
	defer rollback(ctx, tx)
	if err := f(ctx, tx); err != nil {
		return conflicted(err) || lost(err), err
	}
	// A cancelled context does not stop the commit, because the outcome must be
	// known. If the connection breaks, the outcome is unknown and update does not try
	// again.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	err = tx.Commit(last)
	return conflicted(err), err
}

// rollback rolls back a transaction, unless it was committed.
func rollback(ctx context.Context, tx pgx.Tx) {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectWithin)
	defer cancel()
	_ = tx.Rollback(last) // fails after a commit or a lost connection; both leave nothing to roll back
}

// conflicted reports whether the database rolled a transaction back because of a
// concurrent one.
func conflicted(err error) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && (p.Code == "40001" || p.Code == "40P01")
}

// away are prefixes of the SQLSTATEs of a database that cannot answer now:
// connections, resources, shut-downs, time-outs, a standby.
var away = []string{"08", "53", "57P", "57014", "55P03", "25P03", "25006", "40", "58"}

// lost reports whether the connection failed, or the database starts, shuts down
// or has closed the connection.
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

// fault translates an error of the database for callers: [store.ErrUnavailable]
// when the database cannot answer now. The error of a context that ended comes
// first.
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

// send sends a batch, if it has statements.
func send(ctx context.Context, tx pgx.Tx, b *pgx.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	return tx.SendBatch(ctx, b).Close()
}
