package postgres

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// lookAgain is how often the log is asked although no server told of
	// anything: what tells is a hint and may get lost.
	lookAgain = 5 * time.Second
	// reconnectAfter is the wait after the connection was lost.
	reconnectAfter = time.Second
	// commentChannel tells the other servers whose comments have changed, by the
	// order's ID.
	commentChannel = "handover_comments"
)

// listen hears what other servers add to the log, of which orders they change
// comments and which locks they want, until the context ends.
func (s *Store) listen(ctx context.Context) {
	silent := false // about an outage that was told of
	for {
		err := s.hear(ctx, func() { silent = false })
		if ctx.Err() != nil {
			return
		}
		if !silent {
			s.log.Warn("the database does not tell of events; trying again", "error", err)
			silent = true
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(reconnectAfter):
		}
	}
}

// hear listens on a connection of its own until it breaks.
func (s *Store) hear(ctx context.Context, connected func()) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectWithin)
		defer cancel()
		_ = conn.Close(last) // its end is the end of it
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+channel+"; LISTEN "+lockChannel+"; LISTEN "+commentChannel); err != nil {
		return err
	}
	connected()
	s.commented.TellAll()
	for {
		// After listening, so that nothing is missed between the two.
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

// wait returns after a while, and announces what is told meanwhile.
func (s *Store) wait(ctx context.Context, conn *pgx.Conn) error {
	within, cancel := context.WithTimeout(ctx, lookAgain)
	defer cancel()
	for {
		told, err := conn.WaitForNotification(within)
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			return nil
		}
		if err != nil {
			return err
		}
		switch told.Channel {
		case lockChannel:
			s.locks.ask(told.Payload)
		case commentChannel:
			s.commented.Tell(told.Payload)
		default:
			if seq, err := strconv.ParseUint(told.Payload, 10, 64); err == nil {
				s.announce(seq)
			}
		}
	}
}
