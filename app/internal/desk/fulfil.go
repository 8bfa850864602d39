package desk

import (
	"errors"
	"time"

	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/backend/api"
	"handover/backend/order"
)

// fulfil submits queued deliveries once they are ready, until Close.
func (d *Deliverer) run() {
	if err := d.recall(); err != nil {
		d.options.Log.Error("queued deliveries cannot be read", "error", err)
	}
	const pause = 50 * time.Millisecond
	notBefore := time.Time{} // after a fault that may pass
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-d.wishes.ready:
		case <-timer.C:
		case <-d.ctx.Done():
			return
		}
		if wait := time.Until(notBefore); wait > 0 {
			timer.Reset(wait)
			continue
		}
		for _, id := range d.wishes.list() {
			if err := d.try(id); err != nil && d.ctx.Err() == nil {
				d.options.Log.Info("a queued delivery waits", "order", id, "error", err)
				notBefore = time.Now().Add(patience)
				timer.Reset(patience)
			}
		}
		select {
		case <-time.After(pause):
		case <-d.ctx.Done():
			return
		}
	}
}

// patience is how long a delivery waits after a fault that may pass.
const patience = 2 * time.Second

// recallWishes goes on with what was queued the last time. Drafts that came
// from a copy may say so although the seller has taken it back since; those are
// asked about.
func (d *Deliverer) recall() error {
	_, recovered, err := d.drafts.Recovered()
	if err != nil {
		return err
	}
	return d.DESK.EachDraft(func(dr draft.Draft) error {
		switch {
		case dr.Queued == nil:
			return nil
		case recovered:
			return d.withdraw(dr.Order, changedSince)
		}
		d.wishes.add(dr.Order, nil)
		return d.enqueueOthers(dr)
	})
}

// tryWish submits the delivery if it is ready. Its error is of the kind that
// may pass; what does not pass withdraws the delivery.
func (d *Deliverer) try(id string) error {
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return err
	}
	if dr.Queued == nil {
		return nil // taken back or delivered just now
	}
	if dr.Submission != nil {
		// It may have arrived already, and then nothing that changed since matters.
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
	return d.submitWish(id)
}

var changedSince = draft.Fault{
	Code:    problem.CodeChangedSince,
	Message: "not delivered: the draft or its files changed after you asked to deliver; look at it and deliver again",
}

// submitWish submits a delivery whose files all are on the server, if they are
// still what they were.
func (d *Deliverer) submitWish(id string) error {
	ctx, err := d.begin(d.ctx, id)
	if err != nil {
		return nil // it is under way
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
		return err // they are sent again, and then looked at by this function
	}
	// From now on the content of all of them is known, whatever their times.
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

// refused decides what a fault means for a queued delivery: nil when it is
// withdrawn, or the error when it may pass.
func (d *Deliverer) refused(dr draft.Draft, err error) error {
	e := problem.Explain(err)
	var refusal *api.Problem
	switch {
	case e.Code == string(order.UploadMissing):
		if dr, err = d.drafts.Draft(dr.Order); err == nil {
			for _, f := range dr.Files {
				d.uploads.Enqueue(dr.Order, f)
			}
		}
		return err
	case e.Code == problem.CodeChangedSince:
		return d.withdraw(dr.Order, changedSince)
	case e.Code == problem.CodeSignedOut, !errors.As(err, &refusal), refusal.Status >= 500, refusal.Status == 429:
		return err
	}
	return d.withdraw(dr.Order, draft.Fault{Code: e.Code, Message: "not delivered: " + e.Message})
}
