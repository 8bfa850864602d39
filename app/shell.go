package app

import (
	"handover/app/internal/alerts"
	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/app/internal/shell"
	"handover/backend/order"
)

// Asked is a page that a link, a notification or the tray requests.
type Asked struct {
	Kind  string `json:"kind" enum:",order,orders"` // "" for no request; orders is the list
	Order string `json:"order"`                     // ID, for the kind order
	// Unusable is set for a link to an order that the seller does not have.
	Unusable bool `json:"unusable"`
}

// News is a kind of notification and whether the seller wants it.
type News struct {
	Kind alerts.Kind `json:"kind"`
	On   bool        `json:"on"`
}

// Startup is the setting that starts the program when the seller signs in to the
// computer.
type Startup struct {
	// Available is false for a data folder other than the default.
	Available bool `json:"available"`
	On        bool `json:"on"`
}

// TakeAsked returns and clears the requested page. Before the seller signs in the
// request is kept. A link to an order that the seller does not have leads to the
// list.
func (a *App) TakeAsked() (Asked, error) {
	return ask(a.p, func(d *desk.Desk) (Asked, error) {
		if s, _ := d.Session.Current(); s.Server == "" {
			return Asked{}, nil
		}
		what := a.p.shell.TakeRequest()
		if what.Kind != shell.ShowOrder {
			return Asked(what), nil
		}
		_, _, _, err := d.Orders.Order(a.p.ctx, what.Order)
		if err != nil && problem.Explain(err).Code == string(order.NotFound) {
			return Asked{Kind: shell.ShowOrders, Unusable: true}, nil
		}
		return Asked(what), nil // the order's page reports other errors
	})
}

// News returns all kinds of notifications.
func (a *App) News() ([]News, error) {
	return ask(a.p, func(*desk.Desk) ([]News, error) { return a.viewNews() })
}

// SetNews turns a kind of notification on or off.
func (a *App) SetNews(kind alerts.Kind, on bool) ([]News, error) {
	return ask(a.p, func(*desk.Desk) ([]News, error) {
		if err := a.p.shell.SetNews(string(kind), on); err != nil {
			return nil, err
		}
		return a.viewNews()
	})
}

// Look reports the order on the screen, "" for none, and whether the window has
// the focus. An order that the seller sees needs no notification.
func (a *App) Look(order string, focused bool) { a.p.shell.Look(order, focused) }

// Speak reports the window's language: en or de.
func (a *App) Speak(language string) error {
	_, err := ask(a.p, func(*desk.Desk) (struct{}, error) {
		return struct{}{}, a.p.shell.Speak(language)
	})
	return err
}

// Quit ends the program. Uploads continue at the next start.
func (a *App) Quit() error {
	_, err := ask(a.p, func(*desk.Desk) (struct{}, error) {
		a.p.shell.Quit()
		return struct{}{}, nil
	})
	return err
}

// KeepOpen reports that the seller was asked whether to quit and declined.
func (a *App) KeepOpen() { a.p.shell.KeepOpen() }

// Startup returns the setting of the start at sign-in.
func (a *App) Startup() (Startup, error) {
	available, on, err := a.p.shell.StartsAtLogin()
	if err != nil {
		return Startup{}, problem.Explain(err)
	}
	return Startup{Available: available, On: on}, nil
}

// SetStartup turns the start at sign-in on or off.
func (a *App) SetStartup(on bool) (Startup, error) {
	if err := a.p.shell.StartAtLogin(on); err != nil {
		return Startup{}, problem.Explain(err)
	}
	return a.Startup()
}

func (a *App) viewNews() ([]News, error) {
	news, err := a.p.shell.News()
	if err != nil {
		return nil, err
	}
	list := make([]News, len(news))
	for i, n := range news {
		list[i] = News{Kind: alerts.Kind(n.Kind), On: n.On}
	}
	return list, nil
}
