// Package presence tells the server on which computer a draft is being prepared,
// so that the seller's other computers can say so.
package presence

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"slices"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/session"
	"handover/backend/api"
	"handover/backend/order"
)

// Presence reports the drafts of this computer to the server.
type Presence struct {
	session    *session.Session
	drafts     *draft.Store
	background bool
	log        *slog.Logger
	pending    *change.Pending[string] // orders whose draft the server has to hear of
}

// New returns a presence. Only with background does Run have to be called;
// otherwise Flush sends everything.
func New(s *session.Session, drafts *draft.Store, background bool, log *slog.Logger) *Presence {
	return &Presence{session: s, drafts: drafts, background: background, log: log, pending: change.NewPending[string]()}
}

// device identifies this computer to the server.
type device struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

const deviceSetting = "device"

// device returns this computer's ID, which is created once for a data folder.
func (p *Presence) device() (v device, err error) {
	if err = p.drafts.Setting(deviceSetting, &v); err != nil || v.ID != "" {
		return v, err
	}
	v = device{ID: rand.Text(), Name: "a computer"}
	if name, err := os.Hostname(); err == nil && (order.DraftPresence{Device: v.ID, Name: name}).Check() == nil {
		v.Name = name
	}
	return v, p.drafts.PutSetting(deviceSetting, v)
}

// Elsewhere returns the seller's other computers that have a draft of the order,
// latest first, as of the server's last answer.
func (p *Presence) Elsewhere(id string) ([]order.DraftPresence, error) {
	o, _, err := p.drafts.CachedOrder(id)
	if err != nil {
		return nil, err
	}
	here, err := p.device()
	return order.WithoutDraftPresence(o.Drafts, here.ID), err
}

// Add schedules a report about the draft of the order.
func (p *Presence) Add(id string) { p.pending.Add(id) }

// debounce collects changes of a draft that come together.
const debounce = time.Second

// Run sends the scheduled reports until the context ends.
func (p *Presence) Run(ctx context.Context) {
	for {
		ids, err := p.pending.Wait(ctx, debounce)
		if err != nil {
			return
		}
		p.sendAll(ctx, ids)
	}
}

// sendAll sends reports. Correct repeats a report that the server did not get.
func (p *Presence) sendAll(ctx context.Context, ids []string) {
	for _, id := range ids {
		if err := p.send(ctx, id); err != nil {
			p.log.Info("the server does not know of a draft", "order", id, "error", err)
		}
	}
}

// flushTimeout bounds the reports before the program ends. A command has shown its
// result by then.
const flushTimeout = 500 * time.Millisecond

// Flush sends the scheduled reports before the program ends, unless the server is
// away.
func (p *Presence) Flush(ctx context.Context) {
	if _, online := p.session.Current(); online || !p.background {
		ctx, cancel := context.WithTimeout(ctx, flushTimeout)
		defer cancel()
		p.sendAll(ctx, p.pending.Take())
	}
}

func (p *Presence) send(ctx context.Context, id string) error {
	client, err := p.session.Client()
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

// Correct schedules a report if the server's answer about one order is wrong about
// this computer. Only such an answer has the drafts; a list does not.
func (p *Presence) Correct(o api.Order) error {
	here, err := p.device()
	if err != nil {
		return err
	}
	dr, err := p.drafts.Draft(o.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(o.Drafts, func(n order.DraftPresence) bool { return n.Device == here.ID })
	if (at < 0) != dr.Empty() || at >= 0 && o.Drafts[at].Files != len(dr.Files) {
		p.Add(o.ID)
	}
	return nil
}
