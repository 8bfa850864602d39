package app

import (
	"sync"

	"handover/app/internal/deeplink"
	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/backend/order"
)

// Asked is what the program was asked to show from outside: by a link, a
// notification or the tray.
type Asked struct {
	Kind  string `json:"kind"`  // "" for nothing, order, orders for the list
	Order string `json:"order"` // ID, for the kind order
	// Unusable is set when it was a link to an order that is not there.
	Unusable bool `json:"unusable"`
}

const (
	askedOrder  = "order"
	askedOrders = "orders"
)

// asked holds the newest of what is to be shown until the page takes it: links
// may come before there is a page, or before somebody is signed in.
type asked struct {
	mu     sync.Mutex
	latest Asked
}

// note keeps what the arguments of a start ask for; false when that is nothing.
func (a *asked) note(args []string) bool {
	link := deeplink.In(args)
	if link == "" {
		return false
	}
	id, err := deeplink.Parse(link)
	if err != nil {
		a.put(Asked{Kind: askedOrders, Unusable: true})
	} else {
		a.put(Asked{Kind: askedOrder, Order: id})
	}
	return true
}

func (a *asked) put(what Asked) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.latest = what
}

func (a *asked) take() Asked {
	a.mu.Lock()
	defer a.mu.Unlock()
	what := a.latest
	a.latest = Asked{}
	return what
}

// StartedAgain is called when the program was started while it runs already.
func (p *Program) StartedAgain(args []string) {
	<-p.ready
	if p.asked.note(args) {
		p.window.Emit("asked")
	}
	p.bringUp()
}

// TakeAsked returns what is to be shown, once. While nobody is signed in it is
// kept. A link to an order that the seller does not have leads to the list.
func (a *App) TakeAsked() (Asked, error) {
	return ask(a, func(d *desk.Desk) (Asked, error) {
		if s, _ := d.Session(); s.Server == "" {
			return Asked{}, nil
		}
		what := a.p.asked.take()
		if what.Kind != askedOrder {
			return what, nil
		}
		_, _, _, err := d.LastKnown(a.p.ctx, what.Order)
		if err != nil && problem.Explain(err).Code == string(order.NotFound) {
			return Asked{Kind: askedOrders, Unusable: true}, nil
		}
		return what, nil // what else is wrong the order's page says
	})
}
