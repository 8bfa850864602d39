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
func (d *Desk) List(ctx context.Context, cursor uint64) (orders.Page, error) {
	if _, _, err := d.server(); err != nil {
		return orders.Page{}, err
	}
	if err := d.fillList(ctx); err != nil {
		return orders.Page{}, err
	}
	if err := d.list.Refusal(); err != nil && !errors.Is(err, api.ErrUnreachable) {
		return orders.Page{}, err
	}
	drafts, err := d.HasDraft()
	if err != nil {
		return orders.Page{}, err
	}
	page := d.list.After(cursor, listPage, drafts)
	_, online := d.Session()
	page.Offline = !online
	page.AsOf, err = d.AsOf()
	return page, err
}

// fillList makes the list of what was known the last time, or else asks the
// server.
func (d *Desk) fillList(ctx context.Context) error {
	filled, err := d.fillFromCache()
	if err == nil && !filled {
		_, err = d.fetchOrders(ctx)
	}
	return err
}

// fillFromCache makes the list of what was known the last time, if anything.
func (d *Desk) fillFromCache() (filled bool, err error) {
	d.filling.Lock()
	defer d.filling.Unlock()
	if d.list.Filled() {
		return true, nil
	}
	cached, asOf, err := d.drafts.CachedOrders()
	if err != nil || asOf.IsZero() {
		return false, err
	}
	d.list.FillFromCache(cached)
	return true, nil
}

// See notes that the seller looked at the order: at all that the buyer did, and
// at the messages only when those were shown. It holds for this computer.
func (d *Desk) See(id string, messages bool) error {
	left, some, err := d.drafts.See(id, messages)
	if err != nil || !some {
		return err
	}
	d.list.SetUnread(id, left)
	d.tell(change.Orders, "")
	return nil
}
