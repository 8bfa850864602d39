// Package janitor removes abandoned uploads, uploads of closed orders that no
// delivery names, and leftovers of crashes.
package janitor

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"handover/backend/internal/upload/catalog"
	"handover/backend/internal/upload/concat"
	"handover/backend/internal/upload/content"
	"handover/backend/internal/upload/lock"
	"handover/backend/internal/upload/receive"
	"handover/backend/order"
)

// Shelf knows the finished uploads and their orders.
type Shelf interface {
	// EachUpload calls f with the record of every finished upload.
	EachUpload(ctx context.Context, f func(order.Upload) error) error
	// OverSince returns the time since which an order can no longer be delivered,
	// or the zero time when it still can.
	OverSince(ctx context.Context, orderID string) (time.Time, error)
}

// Swept counts what a sweep removed, or would have removed.
type Swept struct {
	Abandoned   int   // unfinished uploads, including parts
	Undelivered int   // finished uploads of closed orders
	Leftovers   int   // files that belong to no upload
	Shared      int   // uploads whose content was stored twice
	Bytes       int64 // freed by all of these
}

// Config is what a [Janitor] needs.
type Config struct {
	Catalog        *catalog.Catalog
	Receiver       *receive.Receiver
	Assembler      *concat.Assembler
	Locks          *lock.Locks
	Upkeep         content.Housekeeping
	AbandonedAfter time.Duration
	Now            func() time.Time
	Log            *slog.Logger
}

// Janitor sweeps the store. It is safe for concurrent use.
type Janitor struct {
	Config
	sweeping sync.Mutex
}

// New returns a janitor.
func New(c Config) *Janitor { return &Janitor{Config: c} }

const sweepEvery = time.Hour

// Run sweeps now and every hour, until the context ends. It calls swept, unless nil,
// with the result of each sweep.
func (j *Janitor) Run(ctx context.Context, shelf Shelf, swept func(Swept)) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		done, err := j.Sweep(ctx, shelf, false)
		if err != nil && ctx.Err() == nil {
			j.Log.Error("the janitor could not finish its work", "error", err)
		}
		if done != (Swept{}) {
			j.Log.Info("the janitor freed space", "bytes", done.Bytes, "abandoned", done.Abandoned,
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

// Sweep removes unfinished uploads that got no byte for AbandonedAfter, finished
// uploads that no delivery names once their order has been closed for AbandonedAfter,
// and leftovers of crashes. It stores large equal content once. Delivered uploads and
// finished uploads of open orders stay, because a draft may name them. With dry,
// Sweep only counts.
//
// After an error Sweep continues with the next upload. It returns all errors joined.
func (j *Janitor) Sweep(ctx context.Context, shelf Shelf, dry bool) (Swept, error) {
	j.sweeping.Lock()
	defer j.sweeping.Unlock()
	s := &sweep{j: j, shelf: shelf, dry: dry, before: j.Now().Add(-j.AbandonedAfter), over: map[string]bool{}}
	s.errs = append(s.errs, j.Catalog.Survey(ctx), s.unfinished(ctx), s.finished(ctx), s.leftovers(ctx))
	return s.done, errors.Join(s.errs...)
}
