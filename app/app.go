// Package app is the seller's window: what it can call (App) and what it
// hears. It translates between the window and package desk and decides
// nothing.
package app

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/backend/api"
)

// App is what the window can call. Every exported method is reachable from the
// page's scripts; each decodes, asks the desk once, and maps to a view.
type App struct{ p *Program }

// State says who is signed in where.
func (a *App) State() (State, error) {
	return ask(a, func(d *desk.Desk) (State, error) { return a.p.state(d), nil })
}

// TryOut starts a server inside this program, with sample orders.
func (a *App) TryOut() (State, error) {
	return ask(a, func(d *desk.Desk) (State, error) {
		err := a.p.tryOut(d)
		return a.p.state(d), err
	})
}

// SignIn signs in to a server.
func (a *App) SignIn(server, email, password string, insecure bool) (State, error) {
	return ask(a, func(d *desk.Desk) (State, error) {
		err := d.SignIn(a.p.ctx, server, email, password, insecure)
		return a.p.state(d), err
	})
}

// SignOut signs out; drafts stay.
func (a *App) SignOut() (State, error) {
	return ask(a, func(d *desk.Desk) (State, error) {
		err := errors.Join(d.SignOut(a.p.ctx), a.p.trial.Stop())
		return a.p.state(d), err
	})
}

// DismissRecovery is called once the seller knows what State said of damaged
// drafts.
func (a *App) DismissRecovery() (State, error) {
	return ask(a, func(d *desk.Desk) (State, error) {
		err := d.ForgetRecovered()
		return a.p.state(d), err
	})
}

// Order returns everything the page of one order shows.
func (a *App) Order(id string) (OrderPage, error) {
	return ask(a, func(d *desk.Desk) (OrderPage, error) {
		o, asOf, offline, err := d.LastKnown(a.p.ctx, id)
		if err != nil {
			return OrderPage{}, err
		}
		return a.page(d, o, asOf, offline)
	})
}

// ChooseFiles lets the seller pick files for the draft.
func (a *App) ChooseFiles(id string) (Attached, error) {
	return a.choose(id, func() ([]string, error) { return a.p.window.OpenFiles() })
}

// ChooseFolder lets the seller pick a folder for the draft.
func (a *App) ChooseFolder(id string) (Attached, error) {
	return a.choose(id, func() ([]string, error) { return a.p.window.OpenFolder() })
}

// Attach adds files and folders to the draft.
func (a *App) Attach(id string, paths []string) (Attached, error) {
	return a.attach(id, desk.Attaching{Paths: paths})
}

func (a *App) attach(id string, what desk.Attaching) (Attached, error) {
	return ask(a, func(d *desk.Desk) (Attached, error) {
		got, err := d.AttachWith(a.p.ctx, id, what)
		return viewAttached(d, got.Draft, got.Refused), err
	})
}

// AttachLink adds a link to the draft.
func (a *App) AttachLink(id, url, label string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.AttachLink(id, url, label) })
}

// DetachLink takes a link out of the draft.
func (a *App) DetachLink(id, url string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.DetachLink(id, url) })
}

// Detach takes a file or a folder out of the draft.
func (a *App) Detach(id, path string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Detach(id, path) })
}

// Retry sends a file with a problem again.
func (a *App) Retry(id, path string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Retry(id, path) })
}

// Describe saves the draft's description.
func (a *App) Describe(id, text string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Describe(id, text) })
}

// DiscardDraft forgets the draft.
func (a *App) DiscardDraft(id string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Discard(id) })
}

// CancelDeliver stops a delivery that waits for its uploads.
func (a *App) CancelDeliver(id string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) {
		d.CancelDelivery(id)
		return d.Draft(id)
	})
}

// Preflight names what in the draft looks unfinished.
func (a *App) Preflight(id string) ([]Finding, error) {
	return ask(a, func(d *desk.Desk) ([]Finding, error) {
		findings, err := d.Preflight(a.p.ctx, id)
		return viewFindings(findings), err
	})
}

// Deliver queues the delivery and waits for it; when the window closes before,
// it stays queued.
func (a *App) Deliver(id string, confirmNoFiles bool) (OrderPage, error) {
	return ask(a, func(d *desk.Desk) (OrderPage, error) {
		o, err := d.DeliverAndWait(a.p.ctx, id, confirmNoFiles)
		if err != nil {
			return OrderPage{}, err
		}
		return a.page(d, o, time.Now(), false)
	})
}

// ask calls f with the desk, once it is open, and explains its error.
func ask[T any](a *App, f func(*desk.Desk) (T, error)) (T, error) {
	d, err := a.p.open()
	if err != nil {
		var none T
		return none, err
	}
	view, err := f(d)
	if err != nil {
		return view, problem.Explain(err)
	}
	return view, nil
}

func (a *App) draft(f func(*desk.Desk) (draft.Draft, error)) (Draft, error) {
	return ask(a, func(d *desk.Desk) (Draft, error) {
		dr, err := f(d)
		return viewDraft(d, dr), err
	})
}

func (a *App) choose(id string, choose func() ([]string, error)) (Attached, error) {
	if _, err := a.p.open(); err != nil {
		return Attached{}, err
	}
	paths, err := choose()
	if err != nil {
		return Attached{}, problem.Explain(err)
	}
	if len(paths) == 0 { // cancelled
		return ask(a, func(d *desk.Desk) (Attached, error) {
			dr, err := d.Draft(id)
			return viewAttached(d, dr, nil), err
		})
	}
	return a.Attach(id, paths)
}

func (a *App) page(d *desk.Desk, o api.Order, asOf time.Time, offline bool) (OrderPage, error) {
	dr, err := d.Draft(o.ID)
	if err != nil {
		return OrderPage{}, err
	}
	page := viewPage(o, asOf, offline)
	page.Draft, page.Order.HasDraft = viewDraft(d, dr), !dr.Empty()
	return page, nil
}

// FormatError makes what the window gets of an error that a method returned: a
// [Problem] as JSON, since Wails makes a text of it in any case.
func FormatError(err error) any {
	e := problem.Explain(err)
	raw, jsonErr := json.Marshal(Problem{Code: e.Code, Message: e.Message})
	if jsonErr != nil {
		return e.Message
	}
	return string(raw)
}

// Arrange gives the files of the draft an order; none goes back to the usual one.
func (a *App) Arrange(id string, paths []string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Arrange(id, paths) })
}

// Restore takes back what Detach just did.
func (a *App) Restore(id, path string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Restore(a.p.ctx, id, path) })
}

// TakeOver puts files of an earlier delivery into the draft, all for no paths.
func (a *App) TakeOver(id string, delivery int, paths []string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.TakeOver(a.p.ctx, id, delivery, paths) })
}

// DismissNotice is called once the seller knows why a queued delivery was not
// made.
func (a *App) DismissNotice(id string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.ForgetNotice(id) })
}

// Thumbnail returns a small picture of a file of the draft as a data: address,
// "" when there is none.
func (a *App) Thumbnail(id, path string) (string, error) {
	return ask(a, func(d *desk.Desk) (string, error) {
		image, err := d.Thumbnail(a.p.ctx, id, path)
		if image == nil {
			return "", err
		}
		return "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(image), nil
	})
}
