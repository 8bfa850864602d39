package desk

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
	"handover/backend/order"
)

// DeliverWhenReady queues the delivery of the draft: it is submitted once all
// uploads are verified and the server answers, also after a restart, and once
// only. Exactly what the draft holds now is delivered: when the description, the
// links or the files change, nothing is, and the draft's Notice says so, as it
// does when the server refuses. CancelDelivery takes it back.
func (d *Deliverer) Queue(ctx context.Context, id string, confirmNoFiles bool) (draft.Draft, error) {
	return d.queue(ctx, id, confirmNoFiles, make(chan outcome, 1))
}

// queueDelivery is DeliverWhenReady; the result gets what becomes of it.
func (d *Deliverer) queue(ctx context.Context, id string, confirmNoFiles bool, result chan outcome) (draft.Draft, error) {
	if err := d.orders.RequireDeliverable(ctx, id); err != nil {
		return draft.Draft{}, err
	}
	if d.Pending(id) {
		return draft.Draft{}, &order.Error{Code: order.Conflict, Message: "this order is being delivered already"}
	}
	dr, err := d.present(ctx, id)
	if err == nil {
		err = d.checkWork(dr, confirmNoFiles)
	}
	if err == nil {
		err = d.requireHere(dr, confirmNoFiles)
	}
	if err == nil {
		err = requireContent(dr)
	}
	if err == nil {
		err = d.uploads.RequireNotPaused(dr)
	}
	if err != nil {
		return dr, err
	}
	d.uploads.resent/*F*/.take(id)
	wish := draft.Wish{At: time.Now().UTC(), ConfirmNoFiles: confirmNoFiles, Text: textOf(dr)}
	if wish.Versions, wish.Known, err = versionsNow(dr); err != nil {
		return dr, err
	}
	for _, f := range dr.Files {
		if f.State == draft.Problem {
			if _, err := d.uploads.Retry(id, f.Path); err != nil {
				return dr, err
			}
		}
	}
	d.wishes.lock.Lock()
	dr, err = d.drafts.Update(id, func(dr *draft.Draft) { dr.Queued, dr.Notice = &wish, draft.Fault{} })
	if err == nil {
		d.wishes.add(id, result)
	}
	d.wishes.lock.Unlock()
	if err != nil {
		return dr, err
	}
	return d.DESK.Changed(dr, d.enqueueOthers(dr))
}

// present looks at the work folder and returns the draft as that is now. A file
// that has just left the folder is in the draft for a moment longer, because a
// program may be putting another in its place: that is waited for.
func (d *Deliverer) present(ctx context.Context, id string) (dr draft.Draft, err error) {
	if err := d.folder.Rescan(ctx); err != nil {
		return dr, err
	}
	const look, most = 50 * time.Millisecond, 10 * time.Second
	for end := time.Now().Add(most); ; {
		if dr, err = d.drafts.Draft(id); err != nil || !slices.ContainsFunc(dr.Files, isLeaving) || time.Now().After(end) {
			return dr, err
		}
		select {
		case <-time.After(look):
		case <-ctx.Done():
			return dr, ctx.Err()
		}
	}
}

// isLeaving reports whether a file is gone, but the work folder has not said so
// yet.
func isLeaving(f draft.File) bool {
	if f.Origin != draft.FromFolder || f.State != draft.Settling {
		return false
	}
	_, err := os.Lstat(f.Source)
	return errors.Is(err, fs.ErrNotExist)
}

// DeliverAndWait is DeliverWhenReady, and waits for what becomes of it. When
// the context ends, or the program, the delivery stays queued.
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

// enqueueOthers queues what the server does not have as it is now, except what
// the work folder takes care of.
func (d *Deliverer) enqueueOthers(dr draft.Draft) error {
	watched := d.folder.current/*F*/.Load() != nil
	for _, f := range dr.Files {
		if watched && f.Origin == draft.FromFolder {
			continue
		}
		if draft.IsTaken(f) {
			continue
		}
		if identity, err := content.Identify(f.Source); err != nil || f.State != draft.Verified || !content.SameFile(f, identity) {
			d.uploads.Enqueue(dr.Order, f)
		}
	}
	return nil
}

// withdraw takes a queued delivery back, and notes why unless the seller did.
// Without one it does nothing.
func (d *Deliverer) withdraw(id string, why draft.Fault) error {
	d.wishes.lock.Lock()
	defer d.wishes.lock.Unlock()
	dr, err := d.drafts.Draft(id)
	if err != nil || dr.Queued == nil {
		return err // it was delivered meanwhile
	}
	if _, err = d.drafts.Update(id, func(dr *draft.Draft) { dr.Queued, dr.Notice = nil, why }); err != nil {
		return err
	}
	fault := &problem.Error{Code: problem.CodeCancelled, Message: "stopped; the draft is kept"}
	if why.Code != "" {
		fault = &problem.Error{Code: why.Code, Message: why.Message}
	}
	d.wishes.end(id, outcome{err: fault})
	d.bus.Tell(change.Draft, id)
	return nil
}
