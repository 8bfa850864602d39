package desk

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"slices"
	"time"

	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/backend/api"
	"handover/backend/order"
)

// device is this computer, as the server knows it.
type device struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

const deviceSetting = "device"

// device returns this computer's ID, which is made once for a data folder.
func (d *Desk) device() (v device, err error) {
	if err = d.drafts.Setting(deviceSetting, &v); err != nil || v.ID != "" {
		return v, err
	}
	v = device{ID: rand.Text(), Name: "a computer"}
	if name, err := os.Hostname(); err == nil && (order.DraftPresence{Device: v.ID, Name: name}).Check() == nil {
		v.Name = name
	}
	return v, d.drafts.PutSetting(deviceSetting, v)
}

// Elsewhere returns the seller's other computers on which a delivery of the
// order is being prepared, as the server told last; the latest first.
func (d *Desk) Elsewhere(id string) ([]order.DraftPresence, error) {
	o, _, err := d.drafts.CachedOrder(id)
	if err != nil {
		return nil, err
	}
	here, err := d.device()
	return order.WithoutDraftPresence(o.Drafts, here.ID), err
}

// requireHere refuses to deliver without files what is being prepared with
// files elsewhere, unless the seller confirmed that no files are meant.
func (d *Desk) requireHere(dr draft.Draft, confirmNoFiles bool) error {
	if len(dr.Files) > 0 || confirmNoFiles {
		return nil
	}
	notes, err := d.Elsewhere(dr.Order)
	for _, n := range notes {
		if n.Files > 0 {
			return &problem.Error{Code: problem.CodeElsewhere, Message: fmt.Sprintf("the delivery is prepared on %s, with %d files; deliver there, or attach files here", n.Name, n.Files)}
		}
	}
	return err
}

// noteDraft tells the server soon about the draft on this computer.
func (d *Desk) noteDraft(id string) { d.presence.Add(id) }

// debounce gathers the changes of a draft that come together.
const debounce = time.Second

// tellNotes tells the server of drafts until Close.
func (d *Desk) tellNotes() {
	for {
		ids, err := d.presence.Wait(d.ctx, debounce)
		if err != nil {
			return
		}
		d.sendNotes(d.ctx, ids)
	}
}

// sendNotes tells the server what has changed. What it does not get is told
// again when the order is asked for the next time.
func (d *Desk) sendNotes(ctx context.Context, ids []string) {
	for _, id := range ids {
		if err := d.sendNote(ctx, id); err != nil {
			d.options.Log.Info("the server does not know of a draft", "order", id, "error", err)
		}
	}
}

// lastWord is how long a desk that closes may take to tell the server of
// drafts. A command has shown its result by then.
const lastWord = 500 * time.Millisecond

// flushNotes tells the server before the desk closes, unless it is away. What
// it does not get is told again when the order is asked for the next time.
func (d *Desk) flushNotes() {
	if _, online := d.Session(); online || !d.options.Background {
		ctx, cancel := context.WithTimeout(d.ctx, lastWord)
		defer cancel()
		d.sendNotes(ctx, d.presence.Take())
	}
}

func (d *Desk) sendNote(ctx context.Context, id string) error {
	client, _, err := d.server()
	if err != nil {
		return err
	}
	here, err := d.device()
	if err != nil {
		return err
	}
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return err
	}
	return client.NoteDraft(ctx, id, api.DraftHere{Device: here.ID, Name: here.Name, Files: min(len(dr.Files), order.MaxFiles), Gone: dr.Empty()})
}

// correctNote has the server told when it is wrong about this computer.
func (d *Desk) correctNote(o api.Order) error {
	here, err := d.device()
	if err != nil {
		return err
	}
	dr, err := d.drafts.Draft(o.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(o.Drafts, func(n order.DraftPresence) bool { return n.Device == here.ID })
	if (at < 0) != dr.Empty() || at >= 0 && o.Drafts[at].Files != len(dr.Files) {
		d.noteDraft(o.ID)
	}
	return nil
}
