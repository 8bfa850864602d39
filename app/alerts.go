package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"handover/app/internal/alerts"
	"handover/app/internal/desk"
	"handover/app/internal/notification"
	"handover/backend/api"
	"handover/backend/order"
)

// Popups shows notes on the seller's desktop.
type Popups interface {
	Show(p notification.Popup) error
	Close() error
}

// attention is what the seller's eyes are on, and in which language they read.
type attention struct {
	mu       sync.Mutex
	order    string // on the screen; "" for none
	focused  bool
	language string
}

func (a *attention) look(order string, focused bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.order, a.focused = order, focused
}

// on reports whether the seller looks at the order now.
func (a *attention) on(order string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.focused && a.order == order
}

func (a *attention) speak(language string) (changed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	changed = a.language != language
	a.language = language
	return changed
}

func (a *attention) speaks() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.language
}

const (
	languageMemory = "language"
	mutedMemory    = "muted"  // kinds of news that are switched off
	warnedMemory   = "warned" // of which due dates
)

func (p *Program) newAlerts() *alerts.Alerts {
	return alerts.New(alerts.Options{
		Complete: p.complete, Wanted: p.wanted, Language: p.attention.speaks, Show: p.popUp,
	})
}

// wanted reports whether the seller is to be told.
func (p *Program) wanted(n alerts.News) bool {
	muted, err := p.muted()
	if err != nil {
		p.options.Log.Error("read which news are off", "error", err)
	}
	return !slices.Contains(muted, n.Kind) && !p.attention.on(n.Order)
}

func (p *Program) muted() (kinds []alerts.Kind, err error) {
	err = p.desk.Recall(mutedMemory, &kinds)
	return kinds, err
}

// complete adds what the order is called and who bought it.
func (p *Program) complete(ctx context.Context, n alerts.News) (alerts.News, bool) {
	o, found, err := p.desk.Known(n.Order)
	if err == nil && !found {
		o, _, _, err = p.desk.Order(ctx, n.Order)
	}
	if err != nil {
		p.options.Log.Warn("news of an order that is not known", "order", n.Order, "error", err)
		return n, false
	}
	n.Title, n.Buyer = o.Title, o.Buyer.Name
	return n, true
}

// openPopups connects to the desktop. Without it there are none.
func (p *Program) openPopups() {
	popups, err := p.window.Popups(p.clicked)
	if err != nil {
		p.options.Log.Info("the desktop shows no notes", "error", err)
		return
	}
	p.popups = popups
}

func (p *Program) popUp(a alerts.Alert) {
	if p.popups == nil {
		return
	}
	if err := p.popups.Show(notification.Popup{Title: a.Title, Body: a.Body, Key: a.Order, Urgent: a.Urgent, Click: p.words().openClick}); err != nil {
		p.options.Log.Info("the desktop does not show a note", "error", err)
	}
}

// clicked opens what a note was about: an order, or the list.
func (p *Program) clicked(key string) {
	if key == "" {
		p.show(Asked{Kind: askedOrders})
	} else {
		p.show(Asked{Kind: askedOrder, Order: key})
	}
}

// show brings what is asked for to the front.
func (p *Program) show(what Asked) {
	p.asked.put(what)
	p.window.Emit("asked")
	p.bringUp()
}

// remind warns of due dates until the program stops. A timer that is set for
// the moment would be late after sleep, so the clock is looked at.
func (p *Program) remind() {
	told := alerts.Told{}
	if err := p.desk.Recall(warnedMemory, &told); err != nil {
		p.options.Log.Error("read which due dates were told", "error", err)
	}
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	// The window loads the list when it changes; that is waited for.
	loaded := time.NewTimer(dueSettles)
	defer loaded.Stop()
	var owed []api.Order
	for {
		select {
		case <-p.due:
			loaded.Reset(dueSettles)
			continue
		case <-loaded.C:
			owed = p.owed()
		case <-minute.C:
		case <-p.ctx.Done():
			return
		}
		if news := told.Near(owed, time.Now()); len(news) > 0 {
			p.alerts.Add(news...)
			if err := p.desk.Remember(warnedMemory, told); err != nil {
				p.options.Log.Error("keep which due dates were told", "error", err)
			}
		}
	}
}

const dueSettles = 2 * time.Second

// owed are the orders that the seller still has to deliver.
func (p *Program) owed() []api.Order {
	if s, _ := p.desk.Session(); s.Server == "" {
		return nil
	}
	orders, err := p.desk.AllKnown()
	if err != nil {
		p.options.Log.Error("read the due dates", "error", err)
	}
	return slices.DeleteFunc(orders, func(o api.Order) bool { return !alerts.Owed(o) })
}

// ordersMoved has the due dates looked at again.
func (p *Program) ordersMoved() {
	select {
	case p.due <- struct{}{}:
	default:
	}
}

// News says whether the desktop tells of a kind of news.
type News struct {
	Kind string `json:"kind"` // accepted, changes, extended, message, completed, cancellation, due
	On   bool   `json:"on"`
}

// News returns all kinds of news that the desktop can tell.
func (a *App) News() ([]News, error) {
	return ask(a, func(*desk.Desk) ([]News, error) { return a.p.viewNews() })
}

// SetNews has the desktop tell of a kind of news, or not.
func (a *App) SetNews(kind string, on bool) ([]News, error) {
	return ask(a, func(d *desk.Desk) ([]News, error) {
		k := alerts.Kind(kind)
		if !k.Known() {
			return nil, &order.Error{Code: order.Invalid, Field: "kind", Message: "there is no such kind of news"}
		}
		muted, err := a.p.muted()
		if err != nil {
			return nil, err
		}
		muted = slices.DeleteFunc(muted, func(m alerts.Kind) bool { return m == k })
		if !on {
			muted = append(muted, k)
		}
		if err := d.Remember(mutedMemory, muted); err != nil {
			return nil, err
		}
		return a.p.viewNews()
	})
}

func (p *Program) viewNews() ([]News, error) {
	muted, err := p.muted()
	if err != nil {
		return nil, err
	}
	list := make([]News, 0, len(alerts.Kinds()))
	for _, k := range alerts.Kinds() {
		list = append(list, News{Kind: string(k), On: !slices.Contains(muted, k)})
	}
	return list, nil
}

// Look is told which order is on the screen, "" for none, and whether the
// window has the focus: what the seller looks at needs no note.
func (a *App) Look(order string, focused bool) { a.p.attention.look(order, focused) }

// Speak is told the window's language: en, de.
func (a *App) Speak(language string) error {
	_, err := ask(a, func(d *desk.Desk) (struct{}, error) {
		if !a.p.attention.speak(language) {
			return struct{}{}, nil
		}
		a.p.uploadsMoved() // the symbol speaks it too
		return struct{}{}, d.Remember(languageMemory, language)
	})
	return err
}
