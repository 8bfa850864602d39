// Package app is the seller's window: the methods that the page calls (Bound) and
// the events that the page receives. It translates between the page and package
// desk and decides nothing.
package app

import (
	"encoding/json"
	"errors"

	"handover/app/internal/desk"
	"handover/app/internal/problem"
)

// Bound holds the values whose methods the page can call. Each method decodes its
// arguments, makes one call of the desk, and maps the result to a view.
type Bound struct {
	App       *App
	Orders    *Orders
	Drafts    *Drafts
	Transfers *Transfers
	Folder    *Folder
}

func (b Bound) values() []any { return []any{b.App, b.Orders, b.Drafts, b.Transfers, b.Folder} }

// App holds the methods for the sign-in, the trial, the settings and the window.
type App struct{ p *Program }

// State returns the sign-in and the state of the connection.
func (a *App) State() (State, error) {
	return ask(a.p, func(d *desk.Desk) (State, error) { return a.p.state(d), nil })
}

// TryOut starts a server inside this program, with sample orders.
func (a *App) TryOut() (State, error) {
	return ask(a.p, func(d *desk.Desk) (State, error) {
		err := a.p.tryOut(d)
		return a.p.state(d), err
	})
}

// SignIn signs in to a server.
func (a *App) SignIn(server, email, password string, insecure bool) (State, error) {
	return ask(a.p, func(d *desk.Desk) (State, error) {
		err := d.Session.SignIn(a.p.ctx, server, email, password, insecure)
		return a.p.state(d), err
	})
}

// SignOut signs out. Drafts stay.
func (a *App) SignOut() (State, error) {
	return ask(a.p, func(d *desk.Desk) (State, error) {
		err := errors.Join(d.Session.SignOut(a.p.ctx), a.p.trial.Stop())
		return a.p.state(d), err
	})
}

// DismissRecovery clears State's report of damaged drafts.
func (a *App) DismissRecovery() (State, error) {
	return ask(a.p, func(d *desk.Desk) (State, error) {
		err := d.ForgetRecovered()
		return a.p.state(d), err
	})
}

// ask waits for the desk to open, calls f with it, and explains the error.
func ask[T any](p *Program, f func(*desk.Desk) (T, error)) (T, error) {
	d, err := p.open()
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
