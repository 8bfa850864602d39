package app

import (
	"time"

	"handover/app/internal/desk"
	"handover/app/internal/orders"
	"handover/backend/api"
	"handover/backend/order"
)

// Orders holds the methods for orders: the list, an order's page and history, the
// buyer's link, imports and earnings.
type Orders struct{ p *Program }

// List returns the changes of the order list since a mark; 0 returns the list
// from the start. The page calls it again while More is set.
func (b *Orders) List(mark uint64) (OrderList, error) {
	return ask(b.p, func(d *desk.Desk) (OrderList, error) {
		list, err := d.Orders.List(b.p.ctx, mark)
		return viewOrders(list), err
	})
}

// Order returns the order's page.
func (b *Orders) Order(id string) (OrderPage, error) {
	return ask(b.p, func(d *desk.Desk) (OrderPage, error) {
		o, asOf, offline, err := d.Orders.Order(b.p.ctx, id)
		if err != nil {
			return OrderPage{}, err
		}
		d.Orders.RefreshLater(id)
		return viewOrderPage(d, o, asOf, offline)
	})
}

// See marks the buyer's activity in the order as read. It marks messages only if
// messages is set.
func (b *Orders) See(id string, messages bool) error {
	_, err := ask(b.p, func(d *desk.Desk) (struct{}, error) { return struct{}{}, d.Orders.See(id, messages) })
	return err
}

func viewOrders(list orders.Page) OrderList {
	v := OrderList{
		Orders: make([]OrderRow, len(list.Orders)), Gone: append([]string{}, list.Removed...), Anew: list.Reset,
		Mark: list.Cursor, More: list.More, AsOf: stamp(list.AsOf), Offline: list.Offline,
	}
	for i, o := range list.Orders {
		v.Orders[i] = viewRow(o)
	}
	return v
}

// viewOrderPage returns the order's page with its draft.
func viewOrderPage(d *desk.Desk, o api.Order, asOf time.Time, offline bool) (OrderPage, error) {
	dr, err := d.Draft(o.ID)
	if err != nil {
		return OrderPage{}, err
	}
	page := viewPage(o, asOf, offline)
	page.Draft, page.Order.HasDraft = viewDraft(d, dr), !dr.Empty()
	return page, nil
}

// NewOrder is an order for a client of the seller.
type NewOrder struct {
	Key        string         `json:"key"` // idempotency key: places at most one order
	Title      string         `json:"title"`
	BuyerName  string         `json:"buyerName"`
	BuyerEmail string         `json:"buyerEmail"`
	Language   order.Language `json:"language"` // of the buyer's page and e-mails
	DueAt      string         `json:"dueAt"`
	Price      string         `json:"price"` // decimal, "" for none
	Currency   string         `json:"currency"`
	Notes      string         `json:"notes"` // the seller's own
}

// PlacedOrder is a new order with the buyer's link.
type PlacedOrder struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Place places an order for a client of the seller.
func (b *Orders) Place(n NewOrder) (PlacedOrder, error) {
	return ask(b.p, func(d *desk.Desk) (PlacedOrder, error) {
		wanted, err := n.decode()
		if err != nil {
			return PlacedOrder{}, err
		}
		placed, err := d.Orders.Place(b.p.ctx, n.Key, wanted)
		return PlacedOrder{ID: placed.ID, Title: placed.Title, URL: placed.ReviewURL}, err
	})
}

func (n NewOrder) decode() (api.NewOrder, error) {
	due, err := dueAt(n.DueAt)
	if err != nil {
		return api.NewOrder{}, err
	}
	wanted := api.NewOrder{
		Title: n.Title, DueAt: due, Notes: n.Notes,
		Buyer: order.Contact{Name: n.BuyerName, Email: n.BuyerEmail, Language: n.Language},
	}
	if n.Price != "" {
		wanted.Price = &api.Price{Amount: n.Price, Currency: n.Currency}
	}
	return wanted, nil
}

func dueAt(text string) (time.Time, error) {
	due, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return due, &order.Error{Code: order.Invalid, Field: "due_at", Message: "the due date is not a time"}
	}
	return due, nil
}

// OrderEdit changes one version of an order.
type OrderEdit struct {
	Version int      `json:"version"`                           // of the order that the seller edited
	Changed []string `json:"changed" enum:"title,due_at,notes"` // the fields to change
	Title   string   `json:"title"`
	DueAt   string   `json:"dueAt"`
	Notes   string   `json:"notes"` // the seller's own
}

// Change changes the title, the due date or the seller's notes. It fails with
// stale_version when the order has another version.
func (b *Orders) Change(id string, e OrderEdit) (OrderPage, error) {
	return b.deal(func(d *desk.Desk) (api.Order, error) {
		edit, err := e.decode()
		if err != nil {
			return api.Order{}, err
		}
		return d.Orders.Change(b.p.ctx, id, e.Version, edit)
	})
}

func (e OrderEdit) decode() (edit api.OrderEdit, err error) {
	for _, field := range e.Changed {
		switch field {
		case "title":
			edit.Title = &e.Title
		case "due_at":
			due, err := dueAt(e.DueAt)
			if err != nil {
				return edit, err
			}
			edit.DueAt = &due
		case "notes":
			edit.Notes = &e.Notes
		default:
			return edit, &order.Error{Code: order.Invalid, Field: "changed", Message: "only the title, the due date and the notes can be changed"}
		}
	}
	return edit, nil
}
