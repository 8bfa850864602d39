package app

import (
	"handover/app/internal/alerts"
	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/app/internal/shell"
	"handover/backend/order"
)

// Asked is the page that a link, a notification or the tray asks the window to
// show.
type Asked struct {
	Kind  string `json:"kind" enum:",order,orders"` // "" for nothing, orders for the list
	Order string `json:"order"`                     // ID, for the kind order
	// Unusable is set when it was a link to an order that is not there.
	Unusable bool `json:"unusable"`
}

// News says whether the desktop tells of a kind of news.
type News struct {
	Kind alerts.Kind `json:"kind"`
	On   bool        `json:"on"`
}

// Startup says whether the program starts at sign-in to the computer.
type Startup struct {
	// Available is false for a data folder that is not the seller's own.
	Available bool `json:"available"`
	On        bool `json:"on"`
}

// TakeAsked returns what is to be shown, once. While nobody is signed in it is
// kept. A link to an order that the seller does not have leads to the list.
func (a *App) TakeAsked() (Asked, error) {
	return ask(a, func(d *desk.Desk) (Asked, error) {
		if s, _ := d.Session(); s.Server == "" {
			return Asked{}, nil
		}
		what := a.p.shell.TakeRequest()
		if what.Kind != shell.ShowOrder {
			return Asked(what), nil
		}
		_, _, _, err := d.LastKnown(a.p.ctx, what.Order)
		if err != nil && problem.Explain(err).Code == string(order.NotFound) {
			return Asked{Kind: shell.ShowOrders, Unusable: true}, nil
		}
		return Asked(what), nil // the order's page reports other errors
	})
}

// News returns all kinds of news that the desktop can tell.
func (a *App) News() ([]News, error) {
	return ask(a, func(*desk.Desk) ([]News, error) { return a.viewNews() })
}

// SetNews has the desktop tell of a kind of news, or not.
func (a *App) SetNews(kind alerts.Kind, on bool) ([]News, error) {
	return ask(a, func(*desk.Desk) ([]News, error) {
		if err := a.p.shell.SetNews(string(kind), on); err != nil {
			return nil, err
		}
		return a.viewNews()
	})
}

// Look is told which order is on the screen, "" for none, and whether the
// window has the focus: what the seller looks at needs no note.
func (a *App) Look(order string, focused bool) { a.p.shell.Look(order, focused) }

// Speak is told the window's language: en, de.
func (a *App) Speak(language string) error {
	_, err := ask(a, func(*desk.Desk) (struct{}, error) {
		return struct{}{}, a.p.shell.Speak(language)
	})
	return err
}

// Quit ends the program; uploads go on at the next start.
func (a *App) Quit() error {
	_, err := ask(a, func(*desk.Desk) (struct{}, error) {
		a.p.shell.Quit()
		return struct{}{}, nil
	})
	return err
}

// KeepOpen is called when the seller, asked whether to quit, does not.
func (a *App) KeepOpen() { a.p.shell.KeepOpen() }

// Startup returns whether the program starts at sign-in to the computer.
func (a *App) Startup() (Startup, error) {
	available, on, err := a.p.shell.StartsAtLogin()
	if err != nil {
		return Startup{}, problem.Explain(err)
	}
	return Startup{Available: available, On: on}, nil
}

// SetStartup has the program start at sign-in to the computer, or not.
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
