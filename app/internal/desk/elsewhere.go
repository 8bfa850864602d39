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
func (p *Presence) device() (v device, err error) {
	if err = p.drafts.Setting(deviceSetting, &v); err != nil || v.ID != "" {
		return v, err
	}
	v = device{ID: rand.Text(), Name: "a computer"}
	if name, err := os.Hostname(); err == nil && (order.DraftNote{Device: v.ID, Name: name}).Check() == nil {
		v.Name = name
	}
	return v, p.drafts.PutSetting(deviceSetting, v)
}

// Elsewhere returns the seller's other computers on which a delivery of the
// order is being prepared, as the server told last; the latest first.
func (p *Presence) Elsewhere(id string) ([]order.DraftNote, error) {
	o, _, err := p.drafts.CachedOrder(id)
	if err != nil {
		return nil, err
	}
	here, err := p.device()
	return order.WithoutDraftNote(o.Drafts, here.ID), err
}

// requireHere refuses to deliver without files what is being prepared with
// files elsewhere, unless the seller confirmed that no files are meant.
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

// noteDraft tells the server soon about the draft on this computer.
func (p *Presence) Add(id string) { p.pending.Add(id) }

// debounce gathers the changes of a draft that come together.
const debounce = time.Second

// tellNotes tells the server of drafts until Close.
func (p *Presence) run() {
	for {
		ids, err := p.pending.Wait(p.ctx, debounce)
		if err != nil {
			return
		}
		p.sendAll(p.ctx, ids)
	}
}

// sendNotes tells the server what has changed. What it does not get is told
// again when the order is asked for the next time.
func (p *Presence) sendAll(ctx context.Context, ids []string) {
	for _, id := range ids {
		if err := p.send(ctx, id); err != nil {
			p.options.Log.Info("the server does not know of a draft", "order", id, "error", err)
		}
	}
}

// lastWord is how long a desk that closes may take to tell the server of
// drafts. A command has shown its result by then.
const lastWord = 500 * time.Millisecond

// flushNotes tells the server before the desk closes, unless it is away. What
// it does not get is told again when the order is asked for the next time.
func (p *Presence) Flush() {
	if _, online := p.session.Current(); online || !p.options.Background {
		ctx, cancel := context.WithTimeout(p.ctx, lastWord)
		defer cancel()
		p.sendAll(ctx, p.pending.Take())
	}
}

func (p *Presence) send(ctx context.Context, id string) error {
	client, _, err := p.session.Server()
	if err != nil {
		return err
	}
	here, err := p.device()
	if err != nil {
		return err
	}
	dr, err := p.drafts.Draft(id)
	if err != nil {
		return err
	}
	return client.NoteDraft(ctx, id, api.DraftHere{Device: here.ID, Name: here.Name, Files: min(len(dr.Files), order.MaxFiles), Gone: dr.Empty()})
}

// correctNote has the server told when it is wrong about this computer.
func (p *Presence) Correct(o api.Order) error {
	here, err := p.device()
	if err != nil {
		return err
	}
	dr, err := p.drafts.Draft(o.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(o.Drafts, func(n order.DraftNote) bool { return n.Device == here.ID })
	if (at < 0) != dr.Empty() || at >= 0 && o.Drafts[at].Files != len(dr.Files) {
		p.Add(o.ID)
	}
	return nil
}
