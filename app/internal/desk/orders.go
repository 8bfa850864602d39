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
type Snapshot struct {
	Orders []api.Order // soonest due first
	AsOf   time.Time   // when the server told it; zero for never
	// Offline is set when the server did not answer just now.
	Offline bool
}

// Orders returns the seller's orders: from the server, or as last known when
// it does not answer.
func (m *Mirror) All(ctx context.Context) (Snapshot, error) {
	orders, err := m.Fetch(ctx)
	if err == nil {
		return Snapshot{Orders: orders, AsOf: time.Now().UTC()}, nil
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

func (m *Mirror) Fetch(ctx context.Context) ([]api.Order, error) {
	client, _, err := m.session.Server()
	if err != nil {
		return nil, err
	}
	orders, err := client.Orders(ctx)
	m.session.NoteAnswer(err)
	if err != nil {
		return nil, err
	}
	byDueDate(orders)
	for _, o := range orders {
		m.uploads.sizes/*F*/.addOrder(o)
	}
	err = m.session.Store(client, func() error {
		m.list.Replace(orders)
		return m.drafts.CacheOrders(orders, time.Now().UTC())
	})
	if err != nil {
		return nil, err
	}
	return orders, m.delivery.SettleAll(orders)
}

// store stores what the client was told, unless its session has ended since: a
// late answer must not show to whoever signed in next.
func (s *Session) Store(client *api.Client, store func() error) error {
	s.told.Lock()
	defer s.told.Unlock()
	if now, _, err := s.Server(); err != nil || now != client {
		return problem.ErrSignedOut
	}
	return store()
}

// keep stores an order as the client was told it, and tells change.Order when
// that differs from what was known.
func (m *Mirror) Keep(client *api.Client, o api.Order) error {
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
		m.refreshes.changed(o.ID)
		m.bus.Tell(change.Order, o.ID)
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
func (m *Mirror) Refresh(ctx context.Context, id string) (o api.Order, asOf time.Time, offline bool, err error) {
	client, _, err := m.session.Server()
	if err != nil {
		return api.Order{}, time.Time{}, false, err
	}
	o, err = client.Order(ctx, id)
	m.session.NoteAnswer(err)
	if err == nil {
		if err := m.Keep(client, o); err != nil {
			return o, o.ServerTime, false, err
		}
		m.uploads.sizes/*F*/.addOrder(o)
		return o, time.Now().UTC(), false, errors.Join(m.delivery.SettleOne(o), m.presence.Correct(o))
	}
	if !errors.Is(err, api.ErrUnreachable) {
		return o, time.Time{}, false, err
	}
	cached, found, cacheErr := m.drafts.CachedOrder(id)
	if cacheErr != nil || !found {
		return o, time.Time{}, false, errors.Join(err, cacheErr)
	}
	return cached, cached.ServerTime, true, nil
}

// noteAnswer remembers whether the server answered.
func (s *Session) NoteAnswer(err error) {
	if errors.Is(err, context.Canceled) {
		return // says nothing about the server
	}
	s.noteAsking(err)
	s.setOnline(!errors.Is(err, api.ErrUnreachable))
}

func (s *Session) setOnline(online bool) {
	s.mu.Lock()
	changed := s.online != online
	s.online = online
	s.mu.Unlock()
	if changed {
		s.bus.Tell(change.State, "")
	}
	if changed && online {
		s.uploads.ReachedServer()
	}
}

// AsOf returns when the server last told the list of orders; zero for never.
func (m *Mirror) AsOf() (time.Time, error) {
	return m.drafts.AsOf()
}
