package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/problem"
	"handover/backend/api"
)

// Orders is a list of orders and how true it is.
type Orders struct {
	Orders []api.Order // soonest due first
	AsOf   time.Time   // when the server told it; zero for never
	// Offline is set when the server did not answer just now.
	Offline bool
}

// Orders returns the seller's orders: from the server, or as last known when
// it does not answer.
func (d *Desk) Orders(ctx context.Context) (Orders, error) {
	orders, err := d.fetchOrders(ctx)
	if err == nil {
		return Orders{Orders: orders, AsOf: time.Now().UTC()}, nil
	}
	if !errors.Is(err, api.ErrUnreachable) {
		return Orders{}, err
	}
	cached, asOf, cacheErr := d.drafts.CachedOrders()
	if cacheErr != nil || asOf.IsZero() {
		return Orders{}, errors.Join(err, cacheErr)
	}
	byDueDate(cached)
	return Orders{Orders: cached, AsOf: asOf, Offline: true}, nil
}

func (d *Desk) fetchOrders(ctx context.Context) ([]api.Order, error) {
	client, _, err := d.server()
	if err != nil {
		return nil, err
	}
	orders, err := client.Orders(ctx)
	d.noteAnswer(err)
	if err != nil {
		return nil, err
	}
	byDueDate(orders)
	for _, o := range orders {
		d.sizes.addOrder(o)
	}
	err = d.store(client, func() error {
		d.list.Replace(orders)
		return d.drafts.CacheOrders(orders, time.Now().UTC())
	})
	if err != nil {
		return nil, err
	}
	return orders, d.settleSubmissions(orders)
}

// store stores what the client was told, unless its session has ended since: a
// late answer must not show to whoever signed in next.
func (d *Desk) store(client *api.Client, store func() error) error {
	d.told.Lock()
	defer d.told.Unlock()
	if now, _, err := d.server(); err != nil || now != client {
		return problem.ErrSignedOut
	}
	return store()
}

// keep stores an order as the client was told it, and tells change.Order when
// that differs from what was known.
func (d *Desk) keep(client *api.Client, o api.Order) error {
	var before api.Order
	var found bool
	err := d.store(client, func() (err error) {
		d.list.Update(o)
		if before, found, err = d.drafts.CachedOrder(o.ID); err != nil {
			return err
		}
		return d.drafts.CacheOrder(o)
	})
	if err != nil {
		return err
	}
	if found && !sameOrder(before, o) {
		d.refreshes.changed(o.ID)
		d.tell(change.Order, o.ID)
	}
	return nil
}

func byDueDate(orders []api.Order) {
	slices.SortStableFunc(orders, func(a, b api.Order) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.ID, b.ID))
	})
}

// Order returns one order: from the server, or as last known when it does not
// answer. It waits for the network; see [Desk.LastKnown].
func (d *Desk) Order(ctx context.Context, id string) (o api.Order, asOf time.Time, offline bool, err error) {
	client, _, err := d.server()
	if err != nil {
		return api.Order{}, time.Time{}, false, err
	}
	o, err = client.Order(ctx, id)
	d.noteAnswer(err)
	if err == nil {
		if err := d.keep(client, o); err != nil {
			return o, o.ServerTime, false, err
		}
		d.sizes.addOrder(o)
		return o, time.Now().UTC(), false, errors.Join(d.settleSubmission(o), d.correctNote(o))
	}
	if !errors.Is(err, api.ErrUnreachable) {
		return o, time.Time{}, false, err
	}
	cached, found, cacheErr := d.drafts.CachedOrder(id)
	if cacheErr != nil || !found {
		return o, time.Time{}, false, errors.Join(err, cacheErr)
	}
	return cached, cached.ServerTime, true, nil
}

// noteAnswer remembers whether the server answered.
func (d *Desk) noteAnswer(err error) {
	if errors.Is(err, context.Canceled) {
		return // says nothing about the server
	}
	d.noteAsking(err)
	d.setOnline(!errors.Is(err, api.ErrUnreachable))
}

func (d *Desk) setOnline(online bool) {
	d.mu.Lock()
	changed := d.online != online
	d.online = online
	d.mu.Unlock()
	if changed {
		d.tell(change.State, "")
	}
	if changed && online {
		d.reachedServer()
	}
}

// AsOf returns when the server last told the list of orders; zero for never.
func (d *Desk) AsOf() (time.Time, error) {
	return d.drafts.AsOf()
}
