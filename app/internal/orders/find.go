package orders

import (
	"context"
	"slices"
	"strings"

	"handover/backend/api"
)

// findPage is the number of orders in one request.
const findPage = 500

// Find returns all orders that the filter selects: from the server, or from the
// cache if it does not answer.
func (m *Mirror) Find(ctx context.Context, f api.Filter) (Snapshot, error) {
	if len(f.Status) == 0 && !f.Late && f.Text == "" {
		return m.All(ctx)
	}
	found, err := ask(m, func(c *api.Client) ([]api.Order, error) { return allPages(ctx, c, f) })
	s, err := m.snapshot(found, err)
	if s.Offline {
		s.Orders = slices.DeleteFunc(s.Orders, func(o api.Order) bool { return !selects(f, o) })
	}
	return s, err
}

func allPages(ctx context.Context, c *api.Client, f api.Filter) ([]api.Order, error) {
	found := []api.Order{}
	for f.Limit = findPage; ; {
		page, err := c.OrderPage(ctx, f)
		if err != nil {
			return nil, err
		}
		found = append(found, page.Orders...)
		if f.Cursor = page.Cursor; f.Cursor == "" {
			return found, nil
		}
	}
}

// selects reports whether the filter selects the order.
func selects(f api.Filter, o api.Order) bool {
	text := strings.ToLower(o.Title + "\n" + o.Buyer.Name + "\n" + o.ID)
	return (len(f.Status) == 0 || slices.Contains(f.Status, o.Status)) &&
		(!f.Late || o.Late) &&
		strings.Contains(text, strings.ToLower(strings.TrimSpace(f.Text)))
}
