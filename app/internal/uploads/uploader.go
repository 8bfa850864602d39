// Package uploads sends the files of drafts to the server: in the queue's order,
// within the seller's limits, and resumed after a fault or a restart.
package uploads

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/orders"
	"handover/app/internal/session"
	"handover/app/internal/transfer"
)

// Options configure an uploader.
type Options struct {
	Home    string // data folder, which holds the settings of uploads
	Session *session.Session
	Orders  *orders.Mirror
	Drafts  *draft.Store
	Bus     *change.Bus
	Log     *slog.Logger
	// Parallel is the number of files that are sent at once.
	Parallel int
	// Background is set if files are sent at any time. Otherwise they are sent during
	// a delivery, and a fault ends it.
	Background bool
}

// Uploader sends files. Its methods may be called from several goroutines.
type Uploader struct {
	options  Options
	session  *session.Session
	drafts   *draft.Store
	bus      *change.Bus
	controls Controls
	queue    *transfer.Queue
	progress *change.Pending[string] // orders whose progress has to be reported
	digests  *digests
	prover   *prover
	resent   resent
	running  sync.WaitGroup

	// OnFault is called with the code of a fault. It reports whether it handles the
	// file from then on.
	OnFault func(item transfer.Item, code string) bool
	// OnEnd is called when an upload has ended.
	OnEnd func()
}

// New returns an uploader. Start comes next.
func New(o Options) *Uploader {
	u := &Uploader{
		options: o, session: o.Session, drafts: o.Drafts, bus: o.Bus, controls: NewControls(o.Home),
		progress: change.NewPending[string](), digests: newDigests(o.Drafts, o.Log),
	}
	u.prover = &prover{drafts: o.Drafts, digests: u.digests, changed: u.notifySoon, done: map[transfer.Item]int64{}}
	return u
}

// Start starts the queue. The context ends the work in the background, for which
// Close waits.
func (u *Uploader) Start(ctx context.Context) error {
	settings, err := u.controls.Settings()
	if err != nil {
		return err
	}
	if err := errors.Join(u.requeueAll(), u.digests.load()); err != nil {
		return err
	}
	u.queue = transfer.New(transfer.Options{
		Run: u.upload, Parallel: u.options.Parallel, Settings: settings, Probe: u.session.Ping, Moved: u.session.NetworkMoved,
	})
	cleaner := &cleaner{session: u.session, drafts: u.drafts, log: u.options.Log}
	u.running.Go(func() { u.followSettings(ctx) })
	u.running.Go(func() { u.notifyProgress(ctx) })
	u.running.Go(func() { cleaner.run(ctx) })
	return nil
}

// requeueAll stores that no file is being sent, for a program that was killed.
func (u *Uploader) requeueAll() error {
	open, err := unverified(u.drafts)
	if err != nil {
		return err
	}
	for item, f := range open {
		if f.State != draft.Uploading {
			continue
		}
		if err := u.requeue(item); err != nil {
			return err
		}
	}
	return nil
}

// Close ends all uploads. They are resumed by the next program.
func (u *Uploader) Close() {
	u.queue.Close()
	u.running.Wait()
}

// Pace limits the speed of uploads; see [tus.Pace].
func (u *Uploader) Pace(ctx context.Context, n int) (int, error) { return u.queue.Pace(ctx, n) }

// RetryNow retries the uploads that wait for their next attempt.
func (u *Uploader) RetryNow() { u.queue.Retry() }

// Wait waits until no file of the order is in the queue.
func (u *Uploader) Wait(ctx context.Context, id string) error { return u.queue.Wait(ctx, id) }

// Remove removes files of the order from the queue, and reports whether the queue had
// any. When it returns, no upload of these files is running.
func (u *Uploader) Remove(id string, paths ...string) (removed bool) {
	for _, path := range paths {
		removed = u.queue.Remove(transfer.Item{Group: id, Name: path}) || removed
	}
	return removed
}
