package delivery

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/content"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/backend/api"
)

// Queue queues the delivery of the draft. It is submitted once all uploads are
// verified and the server answers, also after a restart, and at most once. It
// delivers exactly the present draft: if the description, the links or the files
// change, it is withdrawn, and the draft's Notice gives the reason, as it does when
// the server refuses. Cancel withdraws it.
func (d *Deliverer) Queue(ctx context.Context, id string, confirmNoFiles bool) (draft.Draft, error) {
	return d.queue(ctx, id, confirmNoFiles, make(chan outcome, 1))
}

// queue is Queue; result gets the outcome.
func (d *Deliverer) queue(ctx context.Context, id string, confirmNoFiles bool, result chan outcome) (draft.Draft, error) {
	if err := d.orders.RequireOpen(ctx, id); err != nil {
		return draft.Draft{}, err
	}
	if err := d.requireFree(id); err != nil {
		return draft.Draft{}, err
	}
	dr, err := d.present(ctx, id)
	if err != nil {
		return dr, err
	}
	if err := d.check(dr, confirmNoFiles); err != nil {
		return dr, err
	}
	d.uploads.Resent(id) // those of the delivery before
	queued := draft.QueuedDelivery{At: time.Now().UTC(), ConfirmNoFiles: confirmNoFiles, Text: textOf(dr)}
	if queued.Versions, queued.Known, err = versionsNow(dr); err != nil {
		return dr, err
	}
	for _, f := range dr.Files {
		if f.State == draft.Problem {
			if err := d.uploads.Retry(id, f.Path); err != nil {
				return dr, err
			}
		}
	}
	d.queued.storing.Lock()
	dr, err = d.drafts.Update(id, func(dr *draft.Draft) { dr.Queued, dr.Notice = &queued, draft.Fault{} })
	if err == nil {
		d.queued.add(id, result)
	}
	d.queued.storing.Unlock()
	if err != nil {
		return dr, err
	}
	d.enqueueOthers(dr)
	d.edited(id)
	return dr, nil
}

// present scans the work folder and returns the draft. A file that was just removed
// from the folder stays in the draft for a moment, because a program may be replacing
// it; present waits for that.
func (d *Deliverer) present(ctx context.Context, id string) (dr draft.Draft, err error) {
	if err := d.folder.Rescan(ctx); err != nil {
		return dr, err
	}
	const poll, limit = 50 * time.Millisecond, 10 * time.Second
	for end := time.Now().Add(limit); ; {
		if dr, err = d.drafts.Draft(id); err != nil || !slices.ContainsFunc(dr.Files, isLeaving) || time.Now().After(end) {
			return dr, err
		}
		select {
		case <-time.After(poll):
		case <-ctx.Done():
			return dr, ctx.Err()
		}
	}
}

// isLeaving reports whether a file is gone, but the work folder has not reported that
// yet.
func isLeaving(f draft.File) bool {
	if f.Origin != draft.FromFolder || f.State != draft.Settling {
		return false
	}
	_, err := os.Lstat(f.Source)
	return errors.Is(err, fs.ErrNotExist)
}

// DeliverAndWait is Queue, and waits for the outcome. When the context or the program
// ends, the delivery stays queued.
func (d *Deliverer) DeliverAndWait(ctx context.Context, id string, confirmNoFiles bool) (api.Order, error) {
	if o, delivered, err := d.Settle(ctx, id); delivered || err != nil && !errors.Is(err, api.ErrUnreachable) {
		return o, err
	}
	result := make(chan outcome, 1)
	if _, err := d.queue(ctx, id, confirmNoFiles, result); err != nil {
		return api.Order{}, err
	}
	select {
	case r := <-result:
		return r.order, r.err
	case <-ctx.Done():
		return api.Order{}, ctx.Err()
	case <-d.ctx.Done():
		return api.Order{}, context.Canceled
	}
}

// enqueueOthers queues the files of which the server does not have the present
// version, except those of the work folder, which queues them itself.
func (d *Deliverer) enqueueOthers(dr draft.Draft) {
	watched := d.folder.Watching()
	d.uploads.Enqueue(dr.Order, slices.DeleteFunc(slices.Clone(dr.Files), func(f draft.File) bool {
		if watched && f.Origin == draft.FromFolder || f.TakenOver() {
			return true
		}
		identity, err := content.Identify(f.Source)
		return err == nil && f.State == draft.Verified && content.SameAs(f.Identity, identity)
	})...)
}

// withdraw removes a queued delivery, if there is one, and stores the reason. The
// zero Fault means that the seller withdrew it.
func (d *Deliverer) withdraw(id string, why draft.Fault) error {
	withdrawn, err := d.unqueue(id, why)
	if withdrawn {
		d.bus.Tell(change.Draft, id)
	}
	return err
}

func (d *Deliverer) unqueue(id string, why draft.Fault) (withdrawn bool, err error) {
	d.queued.storing.Lock()
	defer d.queued.storing.Unlock()
	dr, err := d.drafts.Draft(id)
	if err != nil || dr.Queued == nil {
		return false, err // it was just delivered
	}
	if _, err = d.drafts.Update(id, func(dr *draft.Draft) { dr.Queued, dr.Notice = nil, why }); err != nil {
		return false, err
	}
	fault := &problem.Error{Code: problem.CodeCancelled, Message: "stopped; the draft is kept"}
	if why.Code != "" {
		fault = &problem.Error{Code: why.Code, Message: why.Message}
	}
	d.queued.end(id, outcome{err: fault})
	return true, nil
}
