package desk

import (
	"context"
	"fmt"

	"handover/app/internal/change"
	"handover/app/internal/content"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/backend/api"
	"handover/backend/order"
)

// Deliver turns the draft into a delivery: it uploads what is missing, waits
// for it, and submits. With the context's end, or CancelDelivery, it stops and
// the draft stays. Called again after a fault, it goes on where it stopped and
// never makes a second delivery of the same draft. While something on the way
// answers in the server's place it waits. While a work folder is watched it is
// DeliverAndWait, because files in it have to settle.
func (d *Deliverer) Deliver(ctx context.Context, id string, confirmNoFiles bool) (o api.Order, err error) {
	if d.folder.current/*F*/.Load() != nil {
		return d.DeliverAndWait(ctx, id, confirmNoFiles)
	}
	ctx, err = d.begin(ctx, id)
	if err != nil {
		return api.Order{}, err
	}
	defer d.end(id)
	d.uploads.resent/*F*/.take(id)
	err = d.session.Patiently(ctx, func() error {
		o, err = d.deliver(ctx, id, confirmNoFiles)
		return err
	})
	return o, err
}

// deliver is Deliver without its waits.
func (d *Deliverer) deliver(ctx context.Context, id string, confirmNoFiles bool) (api.Order, error) {
	if o, delivered, err := d.Settle(ctx, id); err != nil || delivered {
		return o, err
	}
	if err := d.orders.RequireDeliverable(ctx, id); err != nil {
		return api.Order{}, err
	}
	if _, online := d.session.Current(); !online && !d.options.Background {
		// Nobody stays to see the uploads go on by themselves.
		return api.Order{}, d.session.Away("deliver")
	}
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return api.Order{}, err
	}
	if err := d.checkWork(dr, confirmNoFiles); err != nil {
		return api.Order{}, err
	}
	if err := d.requireHere(dr, confirmNoFiles); err != nil {
		return api.Order{}, err
	}
	if err := requireContent(dr); err != nil {
		return api.Order{}, err
	}
	if err := d.uploads.RequireNotPaused(dr); err != nil {
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
		if err := d.uploads.queue/*F*/.Wait(ctx, id); err != nil {
			return api.Order{}, err
		}
		if err := d.uploads.FirstFault(id); err != nil {
			return api.Order{}, err
		}
	}
}

// Delivering reports whether a delivery of the order waits to be submitted.
func (d *Deliverer) Pending(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.delivering[id] != nil || d.wishes.has(id)
}

// CancelDelivery stops a delivery that waits for its uploads or the server; the
// draft stays.
func (d *Deliverer) Cancel(id string) {
	if err := d.withdraw(id, draft.Fault{}); err != nil {
		d.options.Log.Error("a queued delivery was not withdrawn", "order", id, "error", err)
	}
	d.end(id)
}

func (d *Deliverer) end(id string) {
	d.mu.Lock()
	cancel := d.delivering[id]
	delete(d.delivering, id)
	d.mu.Unlock()
	if cancel != nil {
		cancel()
		d.bus.Tell(change.Draft, id)
	}
}

func (d *Deliverer) begin(ctx context.Context, id string) (context.Context, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.delivering[id] != nil {
		return nil, &order.Error{Code: order.Conflict, Message: "this order is being delivered already"}
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(d.ctx, cancel)
	d.delivering[id] = func() { stop(); cancel() }
	d.bus.Tell(change.Draft, id)
	return ctx, nil
}

// checkWork refuses what the server would refuse, before anything is sent.
func (d *Deliverer) checkWork(dr draft.Draft, confirmNoFiles bool) error {
	work := order.Work{Description: dr.Description, Links: dr.Links, Symlinks: dr.DeliveredSymlinks(), ConfirmNoFiles: confirmNoFiles}
	for _, f := range dr.Files {
		work.Files = append(work.Files, order.File{Path: f.Path, Size: f.Size})
	}
	return work.Check(order.Policy{MaxFileSize: d.session.FileLimit()})
}

// enqueueChanged queues every file that the server does not have as it is now.
func (u *Uploader) EnqueueChanged(id string) (waiting bool, err error) {
	dr, err := u.drafts.Draft(id)
	if err != nil {
		return false, err
	}
	var changed []draft.File
	for _, f := range dr.Files {
		if draft.IsTaken(f) {
			continue
		}
		if f.State == draft.Verified {
			if identity, err := content.Glance(f.Source); err == nil && content.SameFile(f, identity) {
				continue
			}
		}
		// A file that is gone is queued too, so that it gets its problem.
		changed = append(changed, f)
	}
	u.Enqueue(id, changed...)
	return len(changed) > 0, nil
}

// firstFault returns the fault of the first file that did not arrive.
func (u *Uploader) FirstFault(id string) error {
	dr, err := u.drafts.Draft(id)
	if err != nil {
		return err
	}
	for _, f := range dr.Files {
		if f.Fault.Code != "" || f.State == draft.Problem {
			return &problem.Error{Code: f.Fault.Code, Message: fmt.Sprintf("%s: %s", f.Path, f.Fault.Message)}
		}
	}
	return nil
}
