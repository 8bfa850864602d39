package desk

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

// submit sends the draft as it was read and proved.
func (d *Deliverer) submit(ctx context.Context, dr draft.Draft, confirmNoFiles bool) (api.Order, error) {
	client, _, err := d.session.Server()
	if err != nil {
		return api.Order{}, err
	}
	work := wire(dr, confirmNoFiles)
	dr, err = d.keySubmission(ctx, dr, work)
	if err != nil {
		return api.Order{}, err
	}
	o, err := client.Deliver(ctx, dr.Order, dr.Submission.Key, work)
	d.session.NoteAnswer(err)
	if err != nil {
		return o, errors.Join(err, d.forgetMissing(err, dr))
	}
	if err := d.orders.Keep(client, o); err != nil {
		return o, err
	}
	err = d.complete(o, *dr.Submission, work)
	d.bus.Tell(change.Order, dr.Order)
	return o, err
}

// complete ends a submission that has arrived. Several answers may report it;
// only the first one counts.
func (d *Deliverer) complete(o api.Order, s draft.Submission, sent api.NewDelivery) error {
	id := o.ID
	d.wishes.lock.Lock()
	ended, err := d.drafts.Complete(id, s.Key, sent, func(dr draft.Draft) bool { return isSubmission(s, wire(dr, false)) })
	if ended && err == nil {
		d.wishes.end(id, outcome{order: o})
	}
	d.wishes.lock.Unlock()
	if err != nil || !ended {
		return err // another answer ended it, and a new delivery may be queued by now
	}
	d.presence.Add(id)
	d.uploads.ForgetSettings(id)
	if s := d.folder.current/*F*/.Load(); s != nil {
		s.note(func() { s.dirty[id] = true }) // what came meanwhile is the next delivery's
	}
	d.bus.Tell(change.Draft, id)
	return nil
}

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

// keySubmission gives the work its idempotency key, durably before anything is
// sent: the same content keeps the key it was sent under. Asking the server takes
// time; a draft that no longer says what the work does gets no key.
func (d *Deliverer) keySubmission(ctx context.Context, dr draft.Draft, work api.NewDelivery) (draft.Draft, error) {
	submission := dr.Submission
	if sum := fingerprint(work); submission == nil || submission.Fingerprint != sum {
		o, _, offline, err := d.orders.Refresh(ctx, dr.Order) // settles what was sent before
		if err != nil {
			return dr, err
		}
		if offline {
			return dr, d.session.Away("submit the draft")
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

func fingerprint(work api.NewDelivery) string {
	raw, err := json.Marshal(work)
	if err != nil {
		panic(err) // strings, numbers and booleans always encode
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Settle finds out about a submission whose answer got lost, if there is one.
// delivered is true when it had arrived; the draft has then become the order's
// latest delivery. Call it before changing a draft that may have been sent.
func (d *Deliverer) Settle(ctx context.Context, id string) (o api.Order, delivered bool, err error) {
	dr, err := d.drafts.Draft(id)
	if err != nil || dr.Submission == nil {
		return o, false, err
	}
	o, _, offline, err := d.orders.Refresh(ctx, id) // settles
	if err == nil && offline {
		err = d.session.Away("ask whether the delivery arrived")
	}
	if err != nil {
		return o, false, err
	}
	dr, err = d.drafts.Draft(id)
	return o, dr.Submission == nil && dr.Empty(), err
}

// settleSubmissions is settleSubmission for a list of orders.
func (d *Deliverer) SettleAll(orders []api.Order) error {
	drafts, err := d.DESK.HasDraft()
	for _, o := range orders {
		if err == nil && drafts[o.ID] {
			err = d.SettleOne(o)
		}
	}
	return err
}

// settleSubmission ends the draft whose submission is among the order's
// deliveries. A draft that was changed since stays, as the next delivery's.
func (d *Deliverer) SettleOne(o api.Order) error {
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

// isSubmission reports whether the work is what was sent, with or without the
// confirmation that it has no files.
func isSubmission(s draft.Submission, work api.NewDelivery) bool {
	for _, work.ConfirmNoFiles = range []bool{false, true} {
		if s.Fingerprint == fingerprint(work) {
			return true
		}
	}
	return false
}

// forgetMissing sends files again that the server says it does not have.
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
