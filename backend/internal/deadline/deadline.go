// Package deadline applies the deadlines of orders when they pass, and at the start
// those that passed while the server was down.
package deadline

import (
	"context"
	"log/slog"
	"time"

	"handover/backend/order"
)

// Orders is the part of the store that the worker uses.
type Orders interface {
	AdvanceDue(ctx context.Context, now time.Time, p order.Policy, limit int) (int, error)
	NextDeadline(ctx context.Context) (time.Time, error)
	Changed() <-chan struct{}
}

const (
	// batch bounds how many orders one transaction changes.
	batch = 500
	// lookAgain bounds a sleep, because timers do not notice a change of the wall clock.
	lookAgain = 30 * time.Second
	// afterFault is the wait after an error of the store, or a conflict with another writer.
	afterFault = time.Second
)

// Run records reminders, completes orders and clears payments at their times, until
// the context ends.
func Run(ctx context.Context, s Orders, p order.Policy, now func() time.Time, log *slog.Logger) {
	for ctx.Err() == nil {
		changed := s.Changed() // before reading, so that no change is missed
		wait, err := catchUp(ctx, s, p, now)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			log.Error("deadlines were not applied; trying again", "error", err)
			wait = afterFault
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// catchUp applies every passed deadline and returns the time to the next.
func catchUp(ctx context.Context, s Orders, p order.Policy, now func() time.Time) (time.Duration, error) {
	for {
		due, err := s.NextDeadline(ctx)
		if err != nil {
			return 0, err
		}
		if due.IsZero() {
			return lookAgain, nil
		}
		if wait := due.Sub(now()); wait > 0 {
			return min(wait, lookAgain), nil
		}
		n, err := s.AdvanceDue(ctx, now(), p, batch)
		if err != nil {
			return 0, err
		}
		if n == 0 { // a request or another server is changing these orders
			return afterFault, nil
		}
	}
}
