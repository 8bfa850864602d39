package delivery

import (
	"errors"
	"time"

	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/backend/api"
	"handover/backend/order"
)

// Run submits queued deliveries once they are ready, until the context of New ends.
func (d *Deliverer) Run() {
	if err := d.recall(); err != nil {
		d.options.Log.Error("the queued deliveries cannot be read", "error", err)
	}
	const pause = 50 * time.Millisecond
	notBefore := time.Time{} // after a temporary fault
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-d.queued.ready:
		case <-timer.C:
		case <-d.ctx.Done():
			return
		}
		if wait := time.Until(notBefore); wait > 0 {
			timer.Reset(wait)
			continue
		}
		for _, id := range d.queued.list() {
			if err := d.try(id); err != nil && d.ctx.Err() == nil {
				d.options.Log.Info("a queued delivery waits", "order", id, "error", err)
				notBefore = time.Now().Add(retryAfter)
				timer.Reset(retryAfter)
			}
		}
		select {
		case <-time.After(pause):
		case <-d.ctx.Done():
			return
		}
	}
}

// Recheck has the queued deliveries checked, because something has changed.
func (d *Deliverer) Recheck() { d.queued.ready.Set() }

// retryAfter is the pause after a temporary fault.
const retryAfter = 2 * time.Second

// recall queues the stored deliveries again. A draft that was restored from a copy
// may be older than the seller's withdrawal, so its delivery is withdrawn.
func (d *Deliverer) recall() error {
	_, recovered, err := d.drafts.Recovered()
	if err != nil {
		return err
	}
	return d.drafts.Each(func(dr draft.Draft) error {
		switch {
		case dr.Queued == nil:
			return nil
		case recovered:
			return d.withdraw(dr.Order, changedSince)
		}
		d.queued.add(dr.Order, nil)
		d.enqueueOthers(dr)
		return nil
	})
}

// try submits the delivery if it is ready. It returns temporary faults only; others
// withdraw the delivery.
func (d *Deliverer) try(id string) error {
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return err
	}
	if dr.Queued == nil {
		return nil // just withdrawn or delivered
	}
	if dr.Submission != nil {
		// If it has arrived, later changes do not matter.
		if _, _, err := d.Settle(d.ctx, id); err != nil {
			return err
		}
		if dr, err = d.drafts.Draft(id); err != nil || dr.Queued == nil {
			return err
		}
	}
	if dr.Queued.Text != textOf(dr) {
		return d.withdraw(id, changedSince)
	}
	if fault := faultOf(dr); fault.Code != "" {
		return d.withdraw(id, fault)
	}
	if !allVerified(dr) {
		return nil
	}
	return d.submitQueued(id)
}

var changedSince = draft.Fault{
	Code:    problem.CodeChangedSince,
	Message: "not delivered: the draft or its files changed after you asked to deliver; look at it and deliver again",
}

// submitQueued submits a delivery whose files are all on the server, if they have not
// changed.
func (d *Deliverer) submitQueued(id string) error {
	ctx, err := d.begin(d.ctx, id, false)
	if err != nil {
		return nil // it is being submitted
	}
	defer d.end(id)
	if err := d.folder.Rescan(ctx); err != nil {
		return err
	}
	dr, err := d.drafts.Draft(id)
	if err != nil || dr.Queued == nil || !allVerified(dr) || !d.folder.Settled(dr) {
		return err
	}
	if versionsSent(dr.Files, dr.Queued.Known) != dr.Queued.Versions || dr.Queued.Text != textOf(dr) {
		return d.withdraw(id, changedSince)
	}
	if stale, err := d.uploads.Prove(ctx, dr); err != nil || len(stale) > 0 {
		return err // they are sent again first
	}
	// From now on their content is known, whatever their times.
	proven := dr.Files
	dr, err = d.drafts.Update(id, func(now *draft.Draft) {
		if now.Queued != nil {
			now.Queued.Known = every(proven)
			now.Queued.Versions = versionsSent(proven, now.Queued.Known)
		}
	})
	if err != nil || dr.Queued == nil {
		return err
	}
	if dr.Queued.Text != textOf(dr) {
		return d.withdraw(id, changedSince) // it changed while its files were proved
	}
	dr.Files = proven
	if _, err = d.submit(ctx, dr, dr.Queued.ConfirmNoFiles); err != nil {
		return d.refused(dr, err)
	}
	return nil
}

// refused handles the fault of a submission: it returns a temporary one, and
// withdraws the delivery for any other.
func (d *Deliverer) refused(dr draft.Draft, err error) error {
	e := problem.Explain(err)
	var refusal *api.Problem
	switch {
	case e.Code == string(order.UploadMissing):
		if dr, err = d.drafts.Draft(dr.Order); err != nil {
			return err
		}
		d.uploads.Enqueue(dr.Order, dr.Files...)
		return nil
	case e.Code == problem.CodeChangedSince:
		return d.withdraw(dr.Order, changedSince)
	case e.Code == problem.CodeSignedOut, !errors.As(err, &refusal), refusal.Status >= 500, refusal.Status == 429:
		return err
	}
	return d.withdraw(dr.Order, draft.Fault{Code: e.Code, Message: "not delivered: " + e.Message})
}
