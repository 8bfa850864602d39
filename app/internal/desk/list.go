package desk

import (
	"context"
	"errors"

	"handover/app/internal/change"
	"handover/app/internal/orders"
	"handover/backend/api"
)

// listPage is how many orders a part of the list has at most: few enough to be
// painted at once.
const listPage = 1_000

// List returns the orders above the cursor of an earlier part; 0 starts from the
// beginning. If the cache holds a list, it answers from there, asks the server in
// the background, and reports change.Orders when the server's list differs. Only
// a desk in the background can do this.
func (m *Mirror) List(ctx context.Context, cursor uint64) (orders.Page, error) {
	if _, _, err := m.session.Server(); err != nil {
		return orders.Page{}, err
	}
	if err := m.fillList(ctx); err != nil {
		return orders.Page{}, err
	}
	if err := m.list.Refusal(); err != nil && !errors.Is(err, api.ErrUnreachable) {
		return orders.Page{}, err
	}
	drafts, err := m.DESK.HasDraft()
	if err != nil {
		return orders.Page{}, err
	}
	page := m.list.After(cursor, listPage, drafts)
	_, online := m.session.Current()
	page.Offline = !online
	page.AsOf, err = m.AsOf()
	return page, err
}

// fillList makes the list of what was known the last time, or else asks the
// server.
func (m *Mirror) fillList(ctx context.Context) error {
	filled, err := m.fillFromCache()
	if err == nil && !filled {
		_, err = m.Fetch(ctx)
	}
	return err
}

// fillFromCache makes the list of what was known the last time, if anything.
func (m *Mirror) fillFromCache() (filled bool, err error) {
	m.filling.Lock()
	defer m.filling.Unlock()
	if m.list.Filled() {
		return true, nil
	}
	cached, asOf, err := m.drafts.CachedOrders()
	if err != nil || asOf.IsZero() {
		return false, err
	}
	m.list.FillFromCache(cached)
	return true, nil
}

// See notes that the seller looked at the order: at all that the buyer did, and
// at the messages only when those were shown. It holds for this computer.
func (m *Mirror) See(id string, messages bool) error {
	left, some, err := m.drafts.See(id, messages)
	if err != nil || !some {
		return err
	}
	m.list.SetUnread(id, left)
	m.bus.Tell(change.Orders, "")
	return nil
}
