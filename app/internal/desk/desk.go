// Package desk is a seller's desk on one data folder: it connects the packages that
// sign in, show orders, upload, watch the work folder and deliver, and edits drafts.
package desk

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/delivery"
	"handover/app/internal/draft"
	"handover/app/internal/foldersync"
	"handover/app/internal/orders"
	"handover/app/internal/presence"
	"handover/app/internal/session"
	"handover/app/internal/uploads"
	"handover/backend/api"
	"handover/backend/order"
	"handover/backend/thumbnail"
)

// Options configure a desk.
type Options struct {
	Home string // data folder with the drafts and the sign-in
	// Parallel is the number of files that are uploaded at once.
	Parallel int
	// Background is set in a program that stays open, such as the window: it uploads
	// and follows the server until Close. Otherwise a fault ends a delivery.
	Background bool
	// StallTimeout ends an upload on whose connection no byte moves; 0 for a minute.
	StallTimeout time.Duration
	// ForeignDelays are the waits while a proxy answers for the server; nil for the
	// default.
	ForeignDelays []time.Duration
	// Waiting, if not nil, is called with the reason of such a wait whenever the
	// reason changes. It must return soon.
	Waiting func(reason string)
	// Listen, if not nil, is called for every change. It must return soon and must not
	// call the desk.
	Listen func(change.Change)
	// Happened, if not nil, gets every event of the seller's orders, also those of an
	// outage. It must return soon.
	Happened func(order.Event)
	// SyncLater leaves the work folder alone until Folder.Enable is called.
	SyncLater bool
	// Quiet is how long a file in the work folder must rest; 0 for the default.
	Quiet time.Duration
	Log   *slog.Logger
}

// Desk is a seller's desk. Its methods may be called from several goroutines;
// [problem.Explain] explains their errors.
type Desk struct {
	Session  *session.Session
	Orders   *orders.Mirror
	Presence *presence.Presence
	Uploads  *uploads.Uploader
	Folder   *foldersync.Sync
	Delivery *delivery.Deliverer

	options  Options
	drafts   *draft.Store
	bus      *change.Bus
	removals removals
	thumbs   *thumbnail.Maker

	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// Open opens the desk on a data folder. Only one program can have the folder open.
func Open(o Options) (*Desk, error) {
	drafts, err := draft.Open(filepath.Join(o.Home, "handover.db"))
	if err != nil {
		return nil, err
	}
	d := &Desk{options: o, drafts: drafts, bus: &change.Bus{}, thumbs: thumbnail.New(thumbnails)}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.connect()
	err = d.Folder.SettleMove()
	if err == nil {
		err = d.Uploads.Start(d.ctx) // the last step that may fail without Close
	}
	if err != nil {
		d.cancel()
		return nil, errors.Join(err, drafts.Close())
	}
	if o.Background {
		d.running.Go(d.Delivery.Run)
		d.running.Go(func() { d.Presence.Run(d.ctx) })
	}
	if err := d.Session.Connect(session.Hooks{Pace: d.Uploads.Pace, Prepare: d.Orders.Prepare, Start: d.startSession, Stop: d.stopSession}); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// connect creates the parts of the desk. Each knows only those before it; hooks and the
// bus lead back.
func (d *Desk) connect() {
	o := d.options
	d.Session = session.New(session.Options{
		Home: o.Home, Drafts: d.drafts, Bus: d.bus, Log: o.Log, StallTimeout: o.StallTimeout, ForeignDelays: o.ForeignDelays, Waiting: o.Waiting,
	})
	d.Orders = orders.NewMirror(d.ctx, orders.Options{
		Session: d.Session, Drafts: d.drafts, Bus: d.bus, Log: o.Log, Background: o.Background, Happened: o.Happened,
	})
	d.Presence = presence.New(d.Session, d.drafts, o.Background, o.Log)
	d.Uploads = uploads.New(uploads.Options{
		Home: o.Home, Session: d.Session, Orders: d.Orders, Drafts: d.drafts, Bus: d.bus, Log: o.Log, Parallel: o.Parallel, Background: o.Background,
	})
	d.Folder = foldersync.New(d.ctx, foldersync.Options{
		Home: o.Home, Session: d.Session, Orders: d.Orders, Uploads: d.Uploads, Presence: d.Presence, Drafts: d.drafts, Bus: d.bus, Log: o.Log,
		Background: o.Background, Quiet: o.Quiet,
	})
	d.Delivery = delivery.New(d.ctx, delivery.Options{
		Session: d.Session, Orders: d.Orders, Uploads: d.Uploads, Folder: d.Folder, Presence: d.Presence, Drafts: d.drafts, Bus: d.bus, Log: o.Log,
		Background: o.Background,
	})
	d.Orders.OnListed, d.Orders.OnFetched, d.Orders.OnConnected = d.ordersListed, d.orderFetched, d.Uploads.RetryNow
	d.Uploads.OnFault, d.Uploads.OnEnd = d.Folder.Recheck, d.Folder.UploadEnded
	d.bus.Listen(func(c change.Change) {
		if c.Kind == change.Orders {
			d.Folder.OrdersChanged()
		}
		d.Delivery.Recheck()
	})
	if o.Listen != nil {
		d.bus.Listen(o.Listen)
	}
}

// startSession starts the work that needs a session.
func (d *Desk) startSession() error {
	if !d.options.Background {
		return nil
	}
	d.Orders.Follow()
	if err := d.Uploads.ResumeAll(d.Folder.Watching()); err != nil {
		return err
	}
	if !d.options.SyncLater {
		d.Folder.Resume()
	}
	return nil
}

func (d *Desk) stopSession(signOut bool) {
	if signOut {
		d.Folder.Pause()
	}
	d.Orders.Unfollow()
}

// ordersListed and orderFetched compare local state with the server's answers.
func (d *Desk) ordersListed(listed []api.Order) error {
	d.Uploads.OrdersFetched(listed...)
	return d.Delivery.OrdersListed(listed)
}

func (d *Desk) orderFetched(o api.Order) error {
	d.Uploads.OrdersFetched(o)
	return errors.Join(d.Delivery.OrderFetched(o), d.Presence.Correct(o))
}

// Close ends all work and closes the drafts. The next program resumes the uploads.
func (d *Desk) Close() error {
	d.Presence.Flush(d.ctx)
	d.cancel()
	d.Folder.Pause()
	d.Orders.Unfollow()
	d.Uploads.Close()
	d.Orders.Wait()
	d.running.Wait()
	d.Session.Close()
	err := d.drafts.Close()
	if fault := d.drafts.CopyFault(); fault != nil {
		d.options.Log.Warn("the drafts are stored, but no copy of them was made", "error", fault)
	}
	return err
}
