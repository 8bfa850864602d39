// Package activity records views and downloads by buyers in the background: no
// download waits for it or fails because of it.
package activity

import (
	"context"
	"log/slog"
	"sync"

	"handover/backend/order"
)

// Store is the part of the store that the recorder uses.
type Store interface {
	RecordViews(ctx context.Context, readings []order.View, p order.Policy) error
}

const (
	// waiting is how many views can wait to be stored. A buyer rarely opens ten
	// thousand files at once. Views above the limit are recorded when the buyer
	// returns.
	waiting = 4_096
	// batch bounds one transaction.
	batch = 256
)

// Recorder stores views in batches: views that arrive during one write form the next
// batch.
type Recorder struct {
	store   Store
	policy  order.Policy
	log     *slog.Logger
	queue   chan order.View
	closing chan struct{}
	running sync.WaitGroup
}

// New starts a recorder; the caller closes it.
func New(s Store, p order.Policy, log *slog.Logger) *Recorder {
	r := &Recorder{store: s, policy: p, log: log, queue: make(chan order.View, waiting), closing: make(chan struct{})}
	r.running.Go(r.run)
	return r
}

// Note enqueues a view and returns immediately. The order keeps the first of repeated
// views.
func (r *Recorder) Note(reading order.View) {
	select {
	case r.queue <- reading:
	default:
		r.log.Warn("too many views at once: one was not recorded", "order", reading.Order)
	}
}

// Close stores the waiting views and ends the recorder. Later views are lost.
func (r *Recorder) Close() {
	close(r.closing)
	r.running.Wait()
}

func (r *Recorder) run() {
	for {
		select {
		case first := <-r.queue:
			r.write(first)
		case <-r.closing:
			for len(r.queue) > 0 {
				r.write(<-r.queue)
			}
			return
		}
	}
}

// write stores the view and the views waiting behind it. On error it drops them: they
// are recorded when the buyer returns.
func (r *Recorder) write(first order.View) {
	readings := []order.View{first}
	for len(r.queue) > 0 && len(readings) < batch {
		readings = append(readings, <-r.queue)
	}
	if err := r.store.RecordViews(context.Background(), readings, r.policy); err != nil {
		r.log.Error("views were not recorded", "views", len(readings), "error", err)
	}
}
