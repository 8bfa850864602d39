// Package activity writes down what buyers look at, beside the answers that they
// get: no download waits for it, and none fails because of it.
package activity

import (
	"context"
	"log/slog"
	"sync"

	"handover/backend/order"
)

// Store is what the recorder needs of the store.
type Store interface {
	RecordViews(ctx context.Context, readings []order.View, p order.Policy) error
}

const (
	// waiting is how many readings can wait to be written. A buyer who opens
	// ten thousand files at once is rare, and what finds no place is noted when
	// it is read again.
	waiting = 4_096
	// batch bounds one transaction.
	batch = 256
)

// Recorder writes readings in batches: all that came while the batch before was
// written go into the next.
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

// Note takes a reading and returns at once. A reading may be noted twice; the
// order keeps the first.
func (r *Recorder) Note(reading order.View) {
	select {
	case r.queue <- reading:
	default:
		r.log.Warn("too many downloads at once: one was not noted", "order", reading.Order)
	}
}

// Close writes what waits and ends the recorder. What is noted afterwards is
// lost.
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

// write writes the reading and those that wait behind it. When it fails they
// are dropped: they are noted the next time that they are read.
func (r *Recorder) write(first order.View) {
	readings := []order.View{first}
	for len(r.queue) > 0 && len(readings) < batch {
		readings = append(readings, <-r.queue)
	}
	if err := r.store.RecordViews(context.Background(), readings, r.policy); err != nil {
		r.log.Error("what buyers looked at was not noted", "readings", len(readings), "error", err)
	}
}
