package delivery

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/backend/api"
	"handover/backend/order"
)

// submit sends the draft, whose files have been proved.
func (d *Deliverer) submit(ctx context.Context, dr draft.Draft, confirmNoFiles bool) (api.Order, error) {
	work := wire(dr, confirmNoFiles)
	dr, err := d.keySubmission(ctx, dr, work)
	if err != nil {
		return api.Order{}, err
	}
	o, err := d.orders.Deliver(ctx, dr.Order, dr.Submission.Key, work)
	if err != nil {
		return o, errors.Join(err, d.forgetMissing(err, dr))
	}
	err = d.complete(o, *dr.Submission, work)
	d.bus.Tell(change.Order, dr.Order)
	return o, err
}

// complete ends a submission that has arrived. Several answers may report it; only
// the first one counts.
func (d *Deliverer) complete(o api.Order, s draft.Submission, sent api.NewDelivery) error {
	id := o.ID
	d.queued.storing.Lock()
	ended, err := d.drafts.Complete(id, s.Key, sent, func(dr draft.Draft) bool { return isSubmission(s, wire(dr, false)) })
	if ended && err == nil {
		d.queued.end(id, outcome{order: o})
	}
	d.queued.storing.Unlock()
	if err != nil || !ended {
		return err // another answer ended it; by now a new delivery may be queued
	}
	d.uploads.ForgetSettings(id)
	d.edited(id) // files that came since belong to the next delivery
	return nil
}

// edited reports that the content of a draft has changed.
func (d *Deliverer) edited(id string) {
	d.presence.Add(id)
	d.folder.Edited(id)
	d.bus.Tell(change.Draft, id)
}

// wire returns the draft as the server expects it.
func wire(dr draft.Draft, confirmNoFiles bool) api.NewDelivery {
	work := api.NewDelivery{
		Description: dr.Description, Links: dr.Links, Done: dr.Done, Arranged: len(dr.Arranged) > 0, ConfirmNoFiles: confirmNoFiles,
		Symlinks: dr.DeliveredSymlinks(),
	}
	for _, f := range dr.Files {
		work.Files = append(work.Files, api.DeliveredFile{Upload: f.Upload, Path: f.Path, Size: f.Size, SHA256: f.SHA256, Executable: f.Executable})
	}
	return work
}

// keySubmission stores the idempotency key of the work before anything is sent. The
// same content keeps its key. A draft that has changed since the work was made gets no
// key.
func (d *Deliverer) keySubmission(ctx context.Context, dr draft.Draft, work api.NewDelivery) (draft.Draft, error) {
	submission := dr.Submission
	if sum := fingerprint(work); submission == nil || submission.Fingerprint != sum {
		o, err := d.beforeSubmission(ctx, dr)
		if err != nil {
			return dr, err
		}
		submission = &draft.Submission{Key: rand.Text(), Fingerprint: sum, After: len(o.Deliveries)}
	}
	changed := false
	now, err := d.drafts.Update(dr.Order, func(now *draft.Draft) {
		if changed = textOf(*now) != textOf(dr); !changed {
			now.Submission = submission
		}
	})
	if changed && err == nil {
		err = &problem.Error{Code: changedSince.Code, Message: changedSince.Message}
	}
	return now, err
}

// beforeSubmission returns the order to which the draft is about to be submitted. It
// asks the server if the known order may be outdated, and to settle an earlier
// submission of the draft.
func (d *Deliverer) beforeSubmission(ctx context.Context, dr draft.Draft) (api.Order, error) {
	if dr.Submission == nil && d.orders.Live() {
		o, _, _, err := d.orders.Order(ctx, dr.Order)
		return o, err
	}
	o, _, offline, err := d.orders.Refresh(ctx, dr.Order)
	if err != nil {
		return o, err
	}
	if offline {
		return o, d.session.Unreachable("submit the draft")
	}
	return o, nil
}

func fingerprint(work api.NewDelivery) string {
	raw, err := json.Marshal(work)
	if err != nil {
		panic(err) // strings, numbers and booleans always encode
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Settle finds out whether a submission without an answer has arrived, if there is
// one. delivered is true if it has; then the draft has become the order's latest
// delivery. Call it before a change of a draft that may have been sent.
func (d *Deliverer) Settle(ctx context.Context, id string) (o api.Order, delivered bool, err error) {
	dr, err := d.drafts.Draft(id)
	if err != nil || dr.Submission == nil {
		return o, false, err
	}
	o, _, offline, err := d.orders.Refresh(ctx, id) // settles
	if err != nil {
		return o, false, err
	}
	if offline {
		return o, false, d.session.Unreachable("ask whether the delivery arrived")
	}
	dr, err = d.drafts.Draft(id)
	return o, dr.Submission == nil && dr.Empty(), err
}

// OrdersListed is OrderFetched for a list of orders.
func (d *Deliverer) OrdersListed(orders []api.Order) error {
	prepared, err := d.drafts.Prepared()
	if err != nil {
		return err
	}
	for _, o := range orders {
		if !prepared[o.ID] {
			continue
		}
		if err := d.OrderFetched(o); err != nil {
			return err
		}
	}
	return nil
}

// OrderFetched ends the draft whose submission is among the deliveries of an order that
// the server has sent. A draft that has changed since is kept for the next delivery.
func (d *Deliverer) OrderFetched(o api.Order) error {
	dr, err := d.drafts.Draft(o.ID)
	if err != nil || dr.Submission == nil {
		return err
	}
	for _, delivery := range o.Deliveries[min(dr.Submission.After, len(o.Deliveries)):] {
		work := api.NewDelivery{
			Description: delivery.Description, Links: delivery.Links, Done: delivery.Done, Arranged: delivery.Arranged,
			Symlinks: delivery.Symlinks,
		}
		for _, f := range delivery.Files {
			work.Files = append(work.Files, api.DeliveredFile{Upload: f.ID, Path: f.Path, Size: f.Size, SHA256: f.SHA256, Executable: f.Executable})
		}
		if isSubmission(*dr.Submission, work) {
			return d.complete(o, *dr.Submission, work)
		}
	}
	return nil
}

// isSubmission reports whether the work was submitted, with or without the
// confirmation that it has no files.
func isSubmission(s draft.Submission, work api.NewDelivery) bool {
	for _, work.ConfirmNoFiles = range []bool{false, true} {
		if s.Fingerprint == fingerprint(work) {
			return true
		}
	}
	return false
}

// forgetMissing has files sent again that are missing on the server.
func (d *Deliverer) forgetMissing(refusal error, dr draft.Draft) error {
	if problem.Explain(refusal).Code != string(order.UploadMissing) {
		return nil
	}
	for _, f := range dr.Files {
		_, err := d.drafts.UpdateFile(dr.Order, f.Path, func(f *draft.File) {
			f.Forget()
			f.State, f.SHA256 = draft.Queued, ""
		})
		if err != nil {
			return err
		}
	}
	return nil
}
