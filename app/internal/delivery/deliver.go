// Package delivery turns drafts into deliveries: at once, or as soon as all files are
// on the server, also after a restart, and never twice.
package delivery

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/foldersync"
	"handover/app/internal/orders"
	"handover/app/internal/presence"
	"handover/app/internal/problem"
	"handover/app/internal/session"
	"handover/app/internal/standin"
	"handover/app/internal/uploads"
	"handover/backend/api"
	"handover/backend/order"
)

// Options configure a deliverer.
type Options struct {
	Session  *session.Session
	Orders   *orders.Mirror
	Uploads  *uploads.Uploader
	Folder   *foldersync.Sync
	Presence *presence.Presence
	Drafts   *draft.Store
	Bus      *change.Bus
	Log      *slog.Logger
	// Background is set in a program that stays open: queued deliveries wait there
	// until the server answers.
	Background bool
}

// Deliverer delivers drafts. Its methods may be called from several goroutines.
type Deliverer struct {
	options  Options
	session  *session.Session
	orders   *orders.Mirror
	uploads  *uploads.Uploader
	folder   *foldersync.Sync
	presence *presence.Presence
	drafts   *draft.Store
	bus      *change.Bus
	queued   *queue
	ctx      context.Context // ends all deliveries

	mu         sync.Mutex
	delivering map[string]attempt // by order
}

// attempt is a submission, or a call of Deliver, that is under way.
type attempt struct {
	cancel context.CancelFunc
	direct bool // a call of Deliver
}

// New returns a deliverer. The context ends its deliveries; those in the queue are
// resumed by the next program.
func New(ctx context.Context, o Options) *Deliverer {
	return &Deliverer{
		options: o, session: o.Session, orders: o.Orders, uploads: o.Uploads, folder: o.Folder, presence: o.Presence, drafts: o.Drafts, bus: o.Bus,
		queued: newQueue(), ctx: ctx, delivering: map[string]attempt{},
	}
}

// Deliver turns the draft into a delivery: it uploads the missing files, waits for
// them, and submits. When the context ends, or with Cancel, it stops and the draft
// stays. After a fault, the next call continues and never makes a second delivery of
// the same draft. While a proxy answers for the server, it waits. While a work folder
// is watched it is DeliverAndWait, because files in the folder may still change.
func (d *Deliverer) Deliver(ctx context.Context, id string, confirmNoFiles bool) (o api.Order, err error) {
	if d.folder.Watching() {
		return d.DeliverAndWait(ctx, id, confirmNoFiles)
	}
	ctx, err = d.begin(ctx, id, true)
	if err != nil {
		return api.Order{}, err
	}
	defer d.end(id)
	d.uploads.Resent(id) // those of the delivery before
	err = d.session.Patiently(ctx, func() error {
		o, err = d.deliver(ctx, id, confirmNoFiles)
		return err
	})
	return o, err
}

// deliver is Deliver without waiting for a proxy.
func (d *Deliverer) deliver(ctx context.Context, id string, confirmNoFiles bool) (api.Order, error) {
	if o, delivered, err := d.Settle(ctx, id); err != nil || delivered {
		return o, err
	}
	o, _, _, err := d.orders.Refresh(ctx, id)
	if err != nil {
		return api.Order{}, err
	}
	if err := orders.AllowsDelivery(o); err != nil {
		return api.Order{}, err
	}
	if _, online := d.session.Current(); !online && !d.options.Background {
		return api.Order{}, d.session.Unreachable("deliver") // this program does not stay open for the uploads
	}
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return api.Order{}, err
	}
	if err := d.check(dr, confirmNoFiles); err != nil {
		return api.Order{}, err
	}
	for {
		waiting, err := d.uploads.EnqueueChanged(id)
		if err != nil {
			return api.Order{}, err
		}
		if !waiting {
			if dr, err = d.drafts.Draft(id); err != nil {
				return api.Order{}, err
			}
			stale, err := d.uploads.Prove(ctx, dr)
			if err != nil {
				return api.Order{}, err
			}
			if len(stale) == 0 {
				return d.submit(ctx, dr, confirmNoFiles)
			}
		}
		if err := d.uploads.Wait(ctx, id); err != nil {
			return api.Order{}, err
		}
		if err := d.uploads.FirstFault(id); err != nil {
			return api.Order{}, err
		}
	}
}

// Pending reports whether a delivery of the order is queued or being submitted.
func (d *Deliverer) Pending(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, delivering := d.delivering[id]
	return delivering || d.queued.has(id)
}

// Cancel stops a delivery that waits for its uploads or the server. The draft stays.
func (d *Deliverer) Cancel(id string) {
	if err := d.withdraw(id, draft.Fault{}); err != nil {
		d.options.Log.Error("a queued delivery was not withdrawn", "order", id, "error", err)
	}
	d.end(id)
}

// end ends an attempt, if there is one.
func (d *Deliverer) end(id string) {
	d.mu.Lock()
	ended, found := d.delivering[id]
	delete(d.delivering, id)
	d.mu.Unlock()
	if found {
		ended.cancel()
		d.bus.Tell(change.Draft, id)
	}
}

var errDelivering = &order.Error{Code: order.Conflict, Message: "this order is being delivered already"}

func (d *Deliverer) begin(ctx context.Context, id string, direct bool) (context.Context, error) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(d.ctx, cancel)
	begun := attempt{func() { stop(); cancel() }, direct}
	if !d.add(id, begun) {
		begun.cancel()
		return nil, errDelivering
	}
	d.bus.Tell(change.Draft, id)
	return ctx, nil
}

func (d *Deliverer) add(id string, a attempt) (added bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, delivering := d.delivering[id]; delivering {
		return false
	}
	d.delivering[id] = a
	return true
}

// requireFree refuses a delivery of an order that is queued or being delivered. The
// submission of a queued delivery may still be ending.
func (d *Deliverer) requireFree(id string) error {
	d.queued.storing.Lock()
	defer d.queued.storing.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.delivering[id].direct || d.queued.has(id) {
		return errDelivering
	}
	return nil
}

// check refuses a draft that cannot be delivered, before anything is sent.
func (d *Deliverer) check(dr draft.Draft, confirmNoFiles bool) error {
	if err := d.checkWork(dr, confirmNoFiles); err != nil {
		return err
	}
	if err := d.requireHere(dr, confirmNoFiles); err != nil {
		return err
	}
	if err := requireContent(dr); err != nil {
		return err
	}
	return d.uploads.RequireNotPaused(dr)
}

// checkWork refuses a draft that the server would refuse.
func (d *Deliverer) checkWork(dr draft.Draft, confirmNoFiles bool) error {
	work := order.Work{Description: dr.Description, Links: dr.Links, Symlinks: dr.DeliveredSymlinks(), ConfirmNoFiles: confirmNoFiles}
	for _, f := range dr.Files {
		work.Files = append(work.Files, order.File{Path: f.Path, Size: f.Size})
	}
	return work.Check(order.Policy{MaxFileSize: d.session.FileLimit()})
}

// requireHere refuses a draft without files if another computer's draft of the order
// has files, unless the seller confirmed a delivery without files.
func (d *Deliverer) requireHere(dr draft.Draft, confirmNoFiles bool) error {
	if len(dr.Files) > 0 || confirmNoFiles {
		return nil
	}
	notes, err := d.presence.Elsewhere(dr.Order)
	for _, n := range notes {
		if n.Files > 0 {
			return &problem.Error{Code: problem.CodeElsewhere, Message: fmt.Sprintf("the delivery is prepared on %s, with %d files; deliver there, or attach files here", n.Name, n.Files)}
		}
	}
	return err
}

// requireContent refuses a draft with a file that is only a placeholder. Even if the
// file was uploaded before, the placeholder may be of a newer version.
func requireContent(dr draft.Draft) error {
	for _, f := range dr.Files {
		if f.Source == "" {
			continue
		}
		if p, found := standin.Probe(f.Source); found {
			return &problem.Error{Code: problem.CodePlaceholder, Message: fmt.Sprintf("%s: %s", f.Path, p.Message())}
		}
	}
	return nil
}
