package desk

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"handover/app/internal/account"
	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/orders"
	"handover/app/internal/problem"
	"handover/app/internal/transfer"
	"handover/app/internal/tus"
	"handover/backend/api"
	"handover/backend/order"
	"handover/backend/thumbnail"
)

// Options say how a desk works.
type Options struct {
	Home string // folder of the drafts and the sign-in
	// Parallel is how many files are uploaded at once.
	Parallel int
	// Background keeps uploading and listening to the server until Close: for
	// a window. Without it faults end a delivery instead of waiting.
	Background bool
	// StallTimeout is for how long nothing may move on a connection that
	// uploads; 0 for a minute.
	StallTimeout time.Duration
	// ForeignDelays are the waits while something on the way answers in the
	// server's place; nil for the usual ones.
	ForeignDelays []time.Duration
	// Waiting is told what that was, each time it is another answer. It must
	// return soon; nil for nobody.
	Waiting func(reason string)
	// Listen is told of changes; it must not call the desk and must return
	// soon. nil for nobody.
	Listen func(change.Change)
	// Happened is told of everything that happens to the seller's orders while
	// the desk is open, also of what it missed during an outage. It must return
	// soon; nil for nobody.
	Happened func(order.Event)
	// SyncLater leaves the work folder alone until EnableSync is called.
	SyncLater bool
	// Quiet is how long a file in the work folder must rest; 0 for the default.
	Quiet time.Duration
	Log   *slog.Logger
}

// Desk is a seller's desk on one data folder. Its methods may be called from
// several goroutines; their errors are explained by [problem.Explain].
type Desk struct {
	options Options
	drafts  *draft.Store
	tokens  account.Tokens
	queue   *transfer.Queue
	way     way

	intercepted intercepted
	controls    Controls
	progress    *change.Pending[string] // orders whose uploads moved on
	sizes       sizes
	sync        atomic.Pointer[syncer] // nil while no work folder is watched
	folder      folderWork
	look        change.Signal // Look asks whether the server answers
	wishes      wishes
	presence    *change.Pending[string] // orders whose draft the server has to hear of
	filling     sync.Mutex              // held while the list is first filled from the cache
	list        orders.List
	events      *orders.Events
	removals    removals
	refreshes   refreshes
	checks      checks
	resent      resent
	reached     change.Signal // the server answers again
	thumbs      *thumbnail.Maker

	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	running sync.WaitGroup

	told sync.Mutex // held while what a server told is stored, and while a session begins or ends

	mu         sync.Mutex
	session    Session
	client     *api.Client // nil when signed out
	uploads    *tus.Client // nil when signed out
	online     bool
	follow     context.CancelFunc // of the goroutine that follows the server; nil for none
	followDone chan struct{}
	delivering map[string]context.CancelFunc // by order
}

// Open opens the desk on a data folder, which only one program can have open.
func Open(o Options) (*Desk, error) {
	drafts, err := draft.Open(filepath.Join(o.Home, "handover.db"))
	if err != nil {
		return nil, err
	}
	d := &Desk{
		options: o, drafts: drafts, tokens: account.NewTokens(o.Home), way: newWay(o.ForeignDelays),
		delivering: map[string]context.CancelFunc{}, controls: NewControls(o.Home), progress: change.NewPending[string](),
		sizes: newSizes(), wishes: newWishes(), presence: change.NewPending[string](), events: orders.NewEvents(), look: change.NewSignal(),
		removals: newRemovals(), refreshes: newRefreshes(), checks: newChecks(), resent: newResent(),
		reached: change.NewSignal(), thumbs: thumbnail.New(thumbnails),
	}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	settings, err := d.controls.Settings()
	if err == nil {
		err = errors.Join(d.stopLeftovers(), d.learnSizes(), d.settleMove())
	}
	if err != nil {
		d.cancel()
		return nil, errors.Join(err, drafts.Close())
	}
	d.queue = transfer.New(transfer.Options{
		Run: d.upload, Parallel: o.Parallel, Settings: settings, Probe: d.probe, Moved: d.networkMoved,
	})
	d.running.Go(d.followSettings)
	d.running.Go(d.notifyProgress)
	d.running.Go(d.deleteAbandoned)
	if o.Background {
		d.running.Go(d.fulfil)
		d.running.Go(d.tellNotes)
	}
	if err := d.restoreSession(); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// Close ends everything that runs and closes the drafts. Uploads go on the
// next time.
func (d *Desk) Close() error {
	d.flushNotes()
	d.cancel()
	d.pauseSync()
	d.stopFollowing()
	d.queue.Close()
	d.running.Wait()
	d.way.session.CloseIdleConnections()
	err := d.drafts.Close()
	if fault := d.drafts.CopyFault(); fault != nil {
		d.options.Log.Warn("the drafts are stored, but no copy of them was made", "error", fault)
	}
	return err
}

func (d *Desk) tell(kind change.Kind, order string) {
	if s := d.sync.Load(); s != nil && kind == change.Orders {
		s.note(func() { s.orders = true })
	}
	d.wishes.ready.Set()
	if d.options.Listen != nil {
		d.options.Listen(change.Change{Kind: kind, Order: order})
	}
}

// server returns the clients of the signed-in session.
func (d *Desk) server() (*api.Client, *tus.Client, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.client == nil {
		return nil, nil, problem.ErrSignedOut
	}
	return d.client, d.uploads, nil
}
