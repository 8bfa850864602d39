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
type shellDesk struct{ desk *desk.Desk }

func (d shellDesk) SignedIn() bool {
	info, _ := d.desk.Session.Current()
	return info.Server != ""
}

func (d shellDesk) FollowsFolder() bool { return d.desk.Folder.Watching() }

func (d shellDesk) Reconnect() { d.desk.Session.Probe() }

func (d shellDesk) PauseUploads() error { return d.desk.Uploads.Pause("", "") }

func (d shellDesk) ResumeUploads() error { return d.desk.Uploads.Resume("", "") }

func (d shellDesk) Known(id string) (api.Order, bool, error) { return d.desk.Orders.Known(id) }

func (d shellDesk) AllKnown() ([]api.Order, error) { return d.desk.Orders.AllKnown() }

func (d shellDesk) Fetch(ctx context.Context, id string) (api.Order, error) {
	o, _, _, err := d.desk.Orders.Refresh(ctx, id)
	return o, err
}

func (d shellDesk) Recall(name string, v any) error { return d.desk.Recall(name, v) }

func (d shellDesk) Remember(name string, v any) error { return d.desk.Remember(name, v) }

func (d shellDesk) Uploads() (shell.Uploads, error) {
	t, err := d.desk.Uploads.Transfers()
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
type trialSeller struct{ desk *desk.Desk }

func (d trialSeller) SignInTrial(ctx context.Context, server, email, password string) error {
	return d.desk.Session.SignInTrial(ctx, server, email, password)
}

func (d trialSeller) ResumeTrial(server string) error { return d.desk.Session.ResumeTrial(server) }

func (d trialSeller) DeliverLink(ctx context.Context, id string, l order.Link, description string) error {
	if _, err := d.desk.AttachLink(id, l.URL, l.Label); err != nil {
		return err
	}
	if _, err := d.desk.Describe(id, description); err != nil {
		return err
	}
	_, err := d.desk.Delivery.Deliver(ctx, id, false)
	return err
}
