package desk

import (
	"handover/backend/api"
)

// Remember keeps a value of the window, as JSON, beside the drafts.
func (d *Desk) Remember(name string, v any) error { return d.drafts.PutSetting("window_"+name, v) }

// Recall decodes what was remembered under the name into v, which stays as it
// is when nothing was.
func (d *Desk) Recall(name string, v any) error { return d.drafts.Setting("window_"+name, v) }

// Known returns the order as the server last told it, without asking again;
// false when it never did.
func (m *Mirror) Known(id string) (api.Order, bool, error) { return m.drafts.CachedOrder(id) }

// AllKnown returns all orders of the seller as the server last told them.
func (m *Mirror) AllKnown() ([]api.Order, error) {
	orders, _, err := m.drafts.CachedOrders()
	return orders, err
}
