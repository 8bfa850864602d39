package orders

import (
	"context"
	"errors"

	"handover/app/internal/change"
	"handover/backend/api"
)

// listPage is the largest number of orders in a page, few enough to be painted at
// once.
const listPage = 1_000

// List returns the orders above the cursor of an earlier part; 0 starts from the
// beginning. If the cache holds a list, it answers from there, asks the server in
// the background, and reports change.Orders if the server's list differs. It needs
// Options.Background.
func (m *Mirror) List(ctx context.Context, cursor uint64) (Page, error) {
	if _, err := m.session.Client(); err != nil {
		return Page{}, err
	}
	filled, err := m.fillFromCache()
	if err != nil {
		return Page{}, err
	}
	if !filled {
		if _, err := m.Fetch(ctx); err != nil {
			return Page{}, err
		}
	}
	if err := m.list.Refusal(); err != nil && !errors.Is(err, api.ErrUnreachable) {
		return Page{}, err
	}
	drafts, err := m.drafts.Prepared()
	if err != nil {
		return Page{}, err
	}
	page := m.list.After(cursor, listPage, drafts)
	_, online := m.session.Current()
	page.Offline = !online
	page.AsOf, err = m.drafts.AsOf()
	return page, err
}

// fillFromCache fills the list from the cache, if there is one.
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

// See marks the buyer's actions on the order as read, and the messages too if they
// were shown. Only this computer knows it.
func (m *Mirror) See(id string, messages bool) error {
	left, some, err := m.drafts.See(id, messages)
	if err != nil || !some {
		return err
	}
	m.list.SetUnread(id, left)
	m.bus.Tell(change.Orders, "")
	return nil
}
