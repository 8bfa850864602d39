// Package deadline lets time act on orders: it wakes when the next deadline of
// any order comes, and catches up at the start with those that passed while
// the server was down.
package deadline

import (
	"context"
	"log/slog"
	"time"

	"handover/backend/order"
)

// Orders is what the worker needs of the store.
type Orders interface {
	AdvanceDue(ctx context.Context, now time.Time, p order.Policy, limit int) (int, error)
	NextDeadline(ctx context.Context) (time.Time, error)
	Changed() <-chan struct{}
}

const (
	// batch bounds how many orders one transaction changes.
	batch = 500
	// lookAgain bounds a sleep: timers do not see that the wall clock was set.
	lookAgain = 30 * time.Second
	// afterFault is the wait after the store failed, or others were at work.
	afterFault = time.Second
)

// Run reminds of what ends soon, completes orders and clears payments at their
// moments until the context ends.
func Run(ctx context.Context, s Orders, p order.Policy, now func() time.Time, log *slog.Logger) {
	for ctx.Err() == nil {
		changed := s.Changed() // before reading, so that no change is missed
		wait, err := catchUp(ctx, s, p, now)
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			log.Error("deadlines were not honoured; trying again", "error", err)
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

// catchUp honours every deadline that has come and returns how long to wait.
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
		if n == 0 { // somebody changes these orders just now, or another server is at it
			return afterFault, nil
		}
	}
}
