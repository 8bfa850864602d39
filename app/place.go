package app

import (
	"time"

	"handover/app/internal/desk"
	"handover/backend/api"
	"handover/backend/order"
)

// NewOrder is an order for one of the seller's own clients.
type NewOrder struct {
	Key        string `json:"key"` // the same key never places two orders
	Title      string `json:"title"`
	BuyerName  string `json:"buyerName"`
	BuyerEmail string `json:"buyerEmail"`
	Language   string `json:"language"` // of the buyer's page and e-mails: en, de
	DueAt      string `json:"dueAt"`
	Price      string `json:"price"` // decimal, "" for none
	Currency   string `json:"currency"`
	Notes      string `json:"notes"` // the seller's own
}

// PlacedOrder is a new order with the buyer's link.
type PlacedOrder struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

// PlaceOrder places an order for a client of the seller.
func (a *App) PlaceOrder(n NewOrder) (PlacedOrder, error) {
	return ask(a, func(d *desk.Desk) (PlacedOrder, error) {
		wanted, err := n.decode()
		if err != nil {
			return PlacedOrder{}, err
		}
		placed, err := d.Orders.Place(a.p.ctx, n.Key, wanted)
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
		Buyer: order.Contact{Name: n.BuyerName, Email: n.BuyerEmail, Language: order.Language(n.Language)},
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
