package orders

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/session"
	"handover/backend/api"
	"handover/backend/order"
)

// Options configure a mirror.
type Options struct {
	Session *session.Session
	Drafts  *draft.Store // also caches the orders
	Bus     *change.Bus
	Log     *slog.Logger
	// Background is set if the server is followed, so that what is known stays
	// current.
	Background bool
	// Happened, if not nil, gets every event of the seller's orders, also those of
	// an outage. It must return soon.
	Happened func(order.Event)
}

// Mirror holds the seller's orders as the server last sent them. Its methods may
// be called from several goroutines.
type Mirror struct {
	options Options
	session *session.Session
	drafts  *draft.Store
	bus     *change.Bus
	// OnListed is called with the list of orders that the server has sent, and
	// OnFetched with one order.
	OnListed  func([]api.Order) error
	OnFetched func(api.Order) error
	// OnConnected is called when a stream of events begins.
	OnConnected func()

	ctx       context.Context // ends the refreshes in the background
	running   sync.WaitGroup
	filling   sync.Mutex // held while the list is first filled from the cache
	list      List
	events    *Events
	refreshes *refreshes
	follower  follower
}

// NewMirror returns a mirror. The context ends its work in the background, for
// which Wait waits.
func NewMirror(ctx context.Context, o Options) *Mirror {
	m := &Mirror{options: o, session: o.Session, drafts: o.Drafts, bus: o.Bus, ctx: ctx, events: NewEvents(), refreshes: newRefreshes()}
	m.follower.m = m
	return m
}

// Wait waits for the refreshes in the background.
func (m *Mirror) Wait() { m.running.Wait() }

// Snapshot is a list of orders at one time.
type Snapshot struct {
	Orders []api.Order // soonest due first
	AsOf   time.Time   // when the server sent it; zero for never
	// Offline is set if the server did not answer.
	Offline bool
}

// All returns the seller's orders from the server, or the cached ones if it does
// not answer.
func (m *Mirror) All(ctx context.Context) (Snapshot, error) {
	return m.snapshot(m.Fetch(ctx))
}

// snapshot returns the server's answer, or the cached orders if the server did not
// answer.
func (m *Mirror) snapshot(answer []api.Order, err error) (Snapshot, error) {
	if err == nil {
		return Snapshot{Orders: answer, AsOf: time.Now().UTC()}, nil
	}
	if !errors.Is(err, api.ErrUnreachable) {
		return Snapshot{}, err
	}
	cached, asOf, cacheErr := m.drafts.CachedOrders()
	if cacheErr != nil || asOf.IsZero() {
		return Snapshot{}, errors.Join(err, cacheErr)
	}
	byDueDate(cached)
	return Snapshot{Orders: cached, AsOf: asOf, Offline: true}, nil
}

// Fetch asks the server for all orders, soonest due first.
func (m *Mirror) Fetch(ctx context.Context) ([]api.Order, error) {
	client, err := m.session.Client()
	if err != nil {
		return nil, err
	}
	orders, err := client.Orders(ctx)
	m.session.Record(err)
	if err != nil {
		return nil, err
	}
	byDueDate(orders)
	err = m.session.Store(client, func() error {
		m.list.Replace(orders)
		return m.drafts.CacheOrders(orders, time.Now().UTC())
	})
	if err != nil {
		return nil, err
	}
	return orders, m.OnListed(orders)
}

// keep stores an order that the client received, and reports change.Order if the
// order has changed.
func (m *Mirror) keep(client *api.Client, o api.Order) error {
	var before api.Order
	var found bool
	err := m.session.Store(client, func() (err error) {
		m.list.Update(o)
		if before, found, err = m.drafts.CachedOrder(o.ID); err != nil {
			return err
		}
		return m.drafts.CacheOrder(o)
	})
	if err != nil {
		return err
	}
	if found && !sameOrder(before, o) {
		m.refreshes.report(o.ID)
		m.bus.Tell(change.Order, o.ID)
	}
	return nil
}

func byDueDate(orders []api.Order) {
	slices.SortStableFunc(orders, func(a, b api.Order) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.ID, b.ID))
	})
}

// Refresh asks the server for an order. If the server does not answer, it returns
// the cached order, with its time and offline set.
func (m *Mirror) Refresh(ctx context.Context, id string) (o api.Order, asOf time.Time, offline bool, err error) {
	o, err = m.fetchOne(ctx, id)
	if !errors.Is(err, api.ErrUnreachable) {
		return o, time.Now().UTC(), false, err
	}
	cached, found, cacheErr := m.drafts.CachedOrder(id)
	if cacheErr != nil || !found {
		return o, time.Time{}, false, errors.Join(err, cacheErr)
	}
	return cached, cached.ServerTime, true, nil
}

func (m *Mirror) fetchOne(ctx context.Context, id string) (api.Order, error) {
	o, err := m.act(func(c *api.Client) (api.Order, error) { return c.Order(ctx, id) })
	if err != nil {
		return o, err
	}
	return o, m.OnFetched(o)
}

// AsOf returns when the server last sent the list of orders; zero for never.
func (m *Mirror) AsOf() (time.Time, error) { return m.drafts.AsOf() }

// Known returns the cached order; found is false if the server never sent it.
func (m *Mirror) Known(id string) (o api.Order, found bool, err error) {
	return m.drafts.CachedOrder(id)
}

// AllKnown returns the cached orders.
func (m *Mirror) AllKnown() ([]api.Order, error) {
	orders, _, err := m.drafts.CachedOrders()
	return orders, err
}
