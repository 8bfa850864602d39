package app

import (
	"handover/app/internal/desk"
	"handover/backend/api"
	"handover/backend/order"
)

// OrderEdit changes an order as it was seen.
type OrderEdit struct {
	Version int      `json:"version"` // of the order that was seen
	Changed []string `json:"changed"` // what of the rest is meant: title, due_at, notes
	Title   string   `json:"title"`
	DueAt   string   `json:"dueAt"`
	Notes   string   `json:"notes"` // the seller's own
}

// ChangeOrder changes what was agreed on, or the seller's notes. It is refused
// with stale_version when the order is no longer as it was seen.
func (a *App) ChangeOrder(id string, e OrderEdit) (OrderPage, error) {
	return a.deal(func(d *desk.Desk) (api.Order, error) {
		edit, err := e.decode()
		if err != nil {
			return api.Order{}, err
		}
		return d.Orders.Change(a.p.ctx, id, e.Version, edit)
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
