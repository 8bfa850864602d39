package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"handover/app/internal/draft"
	"handover/app/internal/tus"
	"handover/backend/api"
	"handover/backend/order"
)

// DeliverWhenReady queues the delivery of the draft: it is submitted once all
// uploads are verified and the server answers, also after a restart, and once
// only. Exactly what the draft holds now is delivered: when the description, the
// links or the files change, nothing is, and the draft's Notice says so, as it
// does when the server refuses. CancelDelivery takes it back.
func (d *Desk) DeliverWhenReady(ctx context.Context, id string, confirmNoFiles bool) (draft.Draft, error) {
	return d.queueDelivery(ctx, id, confirmNoFiles, make(chan outcome, 1))
}

// queueDelivery is DeliverWhenReady; the result gets what becomes of it.
func (d *Desk) queueDelivery(ctx context.Context, id string, confirmNoFiles bool, result chan outcome) (draft.Draft, error) {
	if err := d.requireDeliverable(ctx, id); err != nil {
		return draft.Draft{}, err
	}
	if d.Delivering(id) {
		return draft.Draft{}, &order.Error{Code: order.Conflict, Message: "this order is being delivered already"}
	}
	if err := d.Rescan(ctx); err != nil {
		return draft.Draft{}, err
	}
	dr, err := d.drafts.Draft(id)
	if err == nil {
		err = d.checkWork(dr, confirmNoFiles)
	}
	if err == nil {
		err = d.requireHere(dr, confirmNoFiles)
	}
	if err == nil {
		err = d.requireNotPaused(dr)
	}
	if err != nil {
		return dr, err
	}
	wish := draft.Wish{At: time.Now().UTC(), ConfirmNoFiles: confirmNoFiles, Text: textOf(dr)}
	if wish.Versions, err = versionsNow(dr); err != nil {
		return dr, err
	}
	for _, f := range dr.Files {
		if f.State == draft.Problem {
			if _, err := d.Retry(id, f.Path); err != nil {
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
	return d.changed(dr, d.enqueueOthers(dr))
}

// DeliverAndWait is DeliverWhenReady, and waits for what becomes of it. When
// the context ends, or the program, the delivery stays queued.
func (d *Desk) DeliverAndWait(ctx context.Context, id string, confirmNoFiles bool) (api.Order, error) {
	if o, delivered, err := d.Settle(ctx, id); delivered || err != nil && !errors.Is(err, api.ErrUnreachable) {
		return o, err
	}
	result := make(chan outcome, 1)
	if _, err := d.queueDelivery(ctx, id, confirmNoFiles, result); err != nil {
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
func (d *Desk) enqueueOthers(dr draft.Draft) error {
	watched := d.sync.Load() != nil
	for _, f := range dr.Files {
		if watched && f.Origin == draft.FromFolder {
			continue
		}
		if identity, err := tus.Identify(f.Source); err != nil || f.State != draft.Verified || !sameFile(f, identity) {
			d.enqueue(dr.Order, f)
		}
	}
	return nil
}

// withdraw takes a queued delivery back, and notes why unless the seller did.
// Without one it does nothing.
func (d *Desk) withdraw(id string, why draft.Fault) error {
	d.wishes.lock.Lock()
	defer d.wishes.lock.Unlock()
	dr, err := d.drafts.Draft(id)
	if err != nil || dr.Queued == nil {
		return err // it was delivered meanwhile
	}
	if _, err = d.drafts.Update(id, func(dr *draft.Draft) { dr.Queued, dr.Notice = nil, why }); err != nil {
		return err
	}
	fault := &Error{Code: CodeCancelled, Message: "stopped; the draft is kept"}
	if why.Code != "" {
		fault = &Error{Code: why.Code, Message: why.Message}
	}
	d.wishes.end(id, outcome{err: fault})
	d.tell(DraftChanged, id)
	return nil
}

// fulfil submits queued deliveries once they are ready, until Close.
func (d *Desk) fulfil() {
	if err := d.recallWishes(); err != nil {
		d.options.Log.Error("queued deliveries cannot be read", "error", err)
	}
	const pause = 50 * time.Millisecond
	notBefore := time.Time{} // after a fault that may pass
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-d.wishes.some:
		case <-timer.C:
		case <-d.ctx.Done():
			return
		}
		if wait := time.Until(notBefore); wait > 0 {
			timer.Reset(wait)
			continue
		}
		for _, id := range d.wishes.list() {
			if err := d.tryWish(id); err != nil && d.ctx.Err() == nil {
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
func (d *Desk) recallWishes() error {
	_, recovered, err := d.drafts.Recovered()
	if err != nil {
		return err
	}
	ids, err := d.drafts.Drafts()
	if err != nil {
		return err
	}
	for _, id := range ids {
		dr, err := d.drafts.Draft(id)
		if err != nil {
			return err
		}
		if dr.Queued != nil && recovered {
			if err := d.withdraw(id, changedSince); err != nil {
				return err
			}
		} else if dr.Queued != nil {
			d.wishes.add(id, nil)
			if err := d.enqueueOthers(dr); err != nil {
				return err
			}
		}
	}
	return nil
}

// tryWish submits the delivery if it is ready. Its error is of the kind that
// may pass; what does not pass withdraws the delivery.
func (d *Desk) tryWish(id string) error {
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
	Code:    CodeChangedSince,
	Message: "not delivered: the draft or its files changed after you asked to deliver; look at it and deliver again",
}

// submitWish submits a delivery whose files all are on the server, if they are
// still what they were.
func (d *Desk) submitWish(id string) error {
	ctx, err := d.beginDelivery(d.ctx, id)
	if err != nil {
		return nil // it is under way
	}
	defer d.endDelivery(id)
	if err := d.Rescan(ctx); err != nil {
		return err
	}
	dr, err := d.drafts.Draft(id)
	if err != nil || dr.Queued == nil || !allVerified(dr) || !d.isSettled(dr) {
		return err
	}
	now, err := versionsNow(dr)
	if err != nil || now != dr.Queued.Versions || dr.Queued.Text != textOf(dr) {
		return d.withdraw(id, changedSince)
	}
	if versionsSent(dr) != now {
		return d.enqueueOthers(dr) // changed without a trace but in the file's number
	}
	if _, err = d.submitAs(ctx, dr, dr.Queued.ConfirmNoFiles); err != nil {
		return d.refused(dr, err)
	}
	return nil
}

// refused decides what a fault means for a queued delivery: nil when it is
// withdrawn, or the error when it may pass.
func (d *Desk) refused(dr draft.Draft, err error) error {
	e := Explain(err)
	var problem *api.Problem
	switch {
	case e.Code == string(order.UploadMissing):
		if dr, err = d.drafts.Draft(dr.Order); err == nil {
			for _, f := range dr.Files {
				d.enqueue(dr.Order, f)
			}
		}
		return err
	case e.Code == codeUnauthorised, !errors.As(err, &problem), problem.Status >= 500, problem.Status == 429:
		return err
	}
	return d.withdraw(dr.Order, draft.Fault{Code: e.Code, Message: "not delivered: " + e.Message})
}

func allVerified(dr draft.Draft) bool {
	return !slices.ContainsFunc(dr.Files, func(f draft.File) bool { return f.State != draft.Verified })
}

func faultOf(dr draft.Draft) draft.Fault {
	for _, f := range dr.Files {
		if f.State == draft.Problem {
			return draft.Fault{Code: f.Fault.Code, Message: f.Path + ": " + f.Fault.Message}
		}
	}
	return draft.Fault{}
}

// textOf is a fingerprint of all of a draft but the versions of its files.
func textOf(dr draft.Draft) string {
	names := make([][2]string, len(dr.Files))
	for i, f := range dr.Files {
		names[i] = [2]string{f.Path, f.Source}
	}
	return sum(struct {
		Description string
		Links       []order.Link
		Names       [][2]string
	}{dr.Description, append([]order.Link{}, dr.Links...), names})
}

// version tells what was in a file, as far as a look from outside can. A
// number that the system gives to files is not in it: a restart may change it.
type version struct{ Size, ModTime int64 }

// versionsNow is a fingerprint of the versions of a draft's files on this
// computer, and versionsSent of those that the server has.
func versionsNow(dr draft.Draft) (string, error) {
	list := make([]version, len(dr.Files))
	for i, f := range dr.Files {
		identity, err := tus.Identify(f.Source)
		if err != nil {
			return "", err
		}
		list[i] = version{identity.Size, identity.ModTime}
	}
	return sum(list), nil
}

func versionsSent(dr draft.Draft) string {
	list := make([]version, len(dr.Files))
	for i, f := range dr.Files {
		var identity tus.Identity
		if json.Unmarshal([]byte(f.Identity), &identity) == nil {
			list[i] = version{identity.Size, identity.ModTime}
		}
	}
	return sum(list)
}

func sum(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	digest := sha256.Sum256(raw)
	return hex.EncodeToString(digest[:])
}

// outcome is what became of a queued delivery.
type outcome struct {
	order api.Order
	err   error
}

// wishes are the queued deliveries, and who waits for each.
type wishes struct {
	// lock is held while a draft's Queued and what is here change together.
	lock   *sync.Mutex
	mu     *sync.Mutex
	queued map[string]chan outcome // nil for nobody
	some   chan struct{}           // holds a token when one may be ready
}

func newWishes() wishes {
	return wishes{new(sync.Mutex), new(sync.Mutex), map[string]chan outcome{}, make(chan struct{}, 1)}
}

func (w wishes) wake() {
	select {
	case w.some <- struct{}{}:
	default:
	}
}

// add notes a delivery; the result, which has room for one, gets its outcome.
func (w wishes) add(id string, result chan outcome) {
	w.mu.Lock()
	w.queued[id] = result
	w.mu.Unlock()
	w.wake()
}

func (w wishes) has(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.queued[id]
	return ok
}

func (w wishes) list() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.queued))
}

// end tells whoever waits what became of it.
func (w wishes) end(id string, o outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if result := w.queued[id]; result != nil {
		result <- o
	}
	delete(w.queued, id)
}
