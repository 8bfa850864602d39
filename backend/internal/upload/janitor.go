package upload

import (
	"context"
	"errors"
	"time"

	"handover/backend/order"
)

// Shelf is what the janitor has to know beside the folder.
type Shelf interface {
	// EachUpload calls f with the record of every finished upload.
	EachUpload(ctx context.Context, f func(order.Upload) error) error
	// OverSince returns since when an order cannot be delivered any more, or
	// the zero time while it can.
	OverSince(ctx context.Context, orderID string) (time.Time, error)
}

// Swept says what the janitor removed, or would have.
type Swept struct {
	Abandoned   int   // uploads that were not finished, parts among them
	Undelivered int   // finished uploads of orders that are over
	Leftovers   int   // files that belonged to nothing
	Shared      int   // uploads whose content was there a second time
	Bytes       int64 // how much that freed
}

const sweepEvery = time.Hour

// RunJanitor sweeps now and every hour, until the context ends. swept, unless
// nil, gets what each sweep did.
func (s *Service) RunJanitor(ctx context.Context, shelf Shelf, swept func(Swept)) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		done, err := s.Sweep(ctx, shelf, false)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("the janitor could not do all of its work", "error", err)
		}
		if done != (Swept{}) {
			s.Log.Info("the janitor freed space", "bytes", done.Bytes, "abandoned", done.Abandoned,
				"undelivered", done.Undelivered, "leftovers", done.Leftovers, "shared", done.Shared)
		}
		if swept != nil {
			swept(done)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Sweep removes what nobody will ask for again: uploads that got no byte for
// the time AbandonedAfter, finished ones that no delivery names so long after
// their order was over, and what crashes left behind. Large content that is
// there twice is kept once. Nothing that a delivery names is touched, and
// nothing finished whose order can still be delivered: a draft may name it. With
// dry it only says what it would do.
//
// It goes on past what fails, and returns these errors joined.
func (s *Service) Sweep(ctx context.Context, shelf Shelf, dry bool) (Swept, error) {
	s.sweeping.Lock()
	defer s.sweeping.Unlock()
	w := &sweep{Service: s, shelf: shelf, dry: dry, before: s.Now().Add(-s.AbandonedAfter), over: map[string]bool{}}
	w.errs = append(w.errs, s.survey(ctx), w.unfinished(ctx), w.finished(ctx), w.leftovers(ctx))
	return w.done, errors.Join(w.errs...)
}
