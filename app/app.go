// Package app is the seller's window: the methods that the page calls (App) and
// the events that the page receives. It translates between the page and package
// desk and decides nothing.
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

// App holds the methods that the page can call. Each method decodes its
// arguments, makes one call of the desk, and maps the result to a view.
type App struct{ p *Program }

// State returns the sign-in and the state of the connection.
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
		err := d.Session.SignIn(a.p.ctx, server, email, password, insecure)
		return a.p.state(d), err
	})
}

// SignOut signs out. Drafts stay.
func (a *App) SignOut() (State, error) {
	return ask(a, func(d *desk.Desk) (State, error) {
		err := errors.Join(d.Session.SignOut(a.p.ctx), a.p.trial.Stop())
		return a.p.state(d), err
	})
}

// DismissRecovery clears State's report of damaged drafts.
func (a *App) DismissRecovery() (State, error) {
	return ask(a, func(d *desk.Desk) (State, error) {
		err := d.ForgetRecovered()
		return a.p.state(d), err
	})
}

// Order returns the order's page.
func (a *App) Order(id string) (OrderPage, error) {
	return ask(a, func(d *desk.Desk) (OrderPage, error) {
		o, asOf, offline, err := d.Orders.Order(a.p.ctx, id)
		if err != nil {
			return OrderPage{}, err
		}
		d.Orders.RefreshLater(id)
		return a.page(d, o, asOf, offline)
	})
}

// ChooseFiles asks the seller for files and adds them to the draft.
func (a *App) ChooseFiles(id string) (Attached, error) {
	return a.choose(id, func() ([]string, error) { return a.p.window.OpenFiles() })
}

// ChooseFolder asks the seller for a folder and adds it to the draft.
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

// DetachLink removes a link from the draft.
func (a *App) DetachLink(id, url string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.DetachLink(id, url) })
}

// Detach removes a file or a folder from the draft.
func (a *App) Detach(id, path string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Detach(id, path) })
}

// Retry uploads a file with a problem again.
func (a *App) Retry(id, path string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Uploads.Retry(id, path) })
}

// Describe saves the draft's description.
func (a *App) Describe(id, text string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Describe(id, text) })
}

// DiscardDraft deletes the draft.
func (a *App) DiscardDraft(id string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Discard(id) })
}

// CancelDeliver cancels a queued delivery.
func (a *App) CancelDeliver(id string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) {
		d.Delivery.Cancel(id)
		return d.Draft(id)
	})
}

// Preflight returns the parts of the draft that look unfinished.
func (a *App) Preflight(id string) ([]Finding, error) {
	return ask(a, func(d *desk.Desk) ([]Finding, error) {
		findings, err := d.Preflight(a.p.ctx, id)
		return viewFindings(findings), err
	})
}

// Deliver queues the delivery and waits until it is made. A delivery stays queued
// when the window closes first.
func (a *App) Deliver(id string, confirmNoFiles bool) (OrderPage, error) {
	return ask(a, func(d *desk.Desk) (OrderPage, error) {
		o, err := d.Delivery.DeliverAndWait(a.p.ctx, id, confirmNoFiles)
		if err != nil {
			return OrderPage{}, err
		}
		return a.page(d, o, time.Now(), false)
	})
}

// ask waits for the desk to open, calls f with it, and explains the error.
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

// FormatError encodes an error of a method for the page: a [Problem] as JSON,
// because Wails passes errors as text.
func FormatError(err error) any {
	e := problem.Explain(err)
	raw, jsonErr := json.Marshal(Problem{Code: e.Code, Message: e.Message})
	if jsonErr != nil {
		return e.Message
	}
	return string(raw)
}

// Arrange sets the order of the draft's files. No paths restore the default order.
func (a *App) Arrange(id string, paths []string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Arrange(id, paths) })
}

// Restore undoes the last Detach of the path.
func (a *App) Restore(id, path string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.Restore(a.p.ctx, id, path) })
}

// TakeOver adds files of an earlier delivery to the draft; no paths mean all files.
func (a *App) TakeOver(id string, delivery int, paths []string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.TakeOver(a.p.ctx, id, delivery, paths) })
}

// DismissNotice clears the draft's notice about a queued delivery that failed.
func (a *App) DismissNotice(id string) (Draft, error) {
	return a.draft(func(d *desk.Desk) (draft.Draft, error) { return d.ForgetNotice(id) })
}

// Thumbnail returns a small picture of a file in the draft as a data: URL, or ""
// for a file without one.
func (a *App) Thumbnail(id, path string) (string, error) {
	return ask(a, func(d *desk.Desk) (string, error) {
		image, err := d.Thumbnail(a.p.ctx, id, path)
		if image == nil {
			return "", err
		}
		return "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(image), nil
	})
}
