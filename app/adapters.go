package app

import (
	"context"

	"handover/app/internal/desk"
	"handover/app/internal/shell"
	"handover/app/internal/transfer"
	"handover/app/internal/trial"
	"handover/backend/api"
	"handover/backend/order"
)

var (
	_ shell.Desk   = shellDesk{}
	_ trial.Seller = trialSeller{}
)

// shellDesk adapts the desk to the shell.
type shellDesk struct{ *desk.Desk }

func (d shellDesk) SignedIn() bool {
	s, _ := d.Session()
	return s.Server != ""
}

func (d shellDesk) FollowsFolder() bool {
	_, on := d.Sync()
	return on
}

func (d shellDesk) Reconnect() { d.Look() }

func (d shellDesk) PauseUploads() error { return d.Pause("", "") }

func (d shellDesk) ResumeUploads() error { return d.Resume("", "") }

func (d shellDesk) Fetch(ctx context.Context, id string) (api.Order, error) {
	o, _, _, err := d.Order(ctx, id)
	return o, err
}

func (d shellDesk) Uploads() (shell.Uploads, error) {
	t, err := d.Transfers()
	u := shell.Uploads{Paused: t.Paused}
	running := map[string]bool{}
	for _, each := range t.List {
		switch each.State {
		case "":
			u.Failed++
		case transfer.Paused:
		default:
			u.Moving++
		}
		if each.State == transfer.Running && !running[each.Order] {
			running[each.Order] = true
			u.Running = append(u.Running, each.Order)
		}
	}
	return u, err
}

// trialSeller adapts the desk to the trial.
type trialSeller struct{ *desk.Desk }

func (d trialSeller) DeliverLink(ctx context.Context, id string, l order.Link, description string) error {
	if _, err := d.AttachLink(id, l.URL, l.Label); err != nil {
		return err
	}
	if _, err := d.Describe(id, description); err != nil {
		return err
	}
	_, err := d.Deliver(ctx, id, false)
	return err
}
