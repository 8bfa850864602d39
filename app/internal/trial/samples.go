package trial

import (
	"context"
	"path"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// sample is an order of the trial and its state.
type sample struct {
	title, buyer, email string
	price               string
	due                 time.Time
	delivered           string // description of its delivery; "" for none
	changes             string // the buyer's request for changes; "" for none
}

// samples returns an order in each state that a seller handles.
func samples(now time.Time) []sample {
	return []sample{
		{title: "Logo animation, 10 seconds", buyer: "Nordlicht Coffee", email: "hello@nordlicht.example", price: "240.00", due: now.Add(26 * time.Hour)},
		{title: "Wedding film, 4K", buyer: "Bea and Tom", email: "bea@example.org", price: "1480.00", due: now.Add(5 * 24 * time.Hour)},
		{
			title: "Podcast intro and outro", buyer: "Klangraum", email: "studio@klangraum.example", price: "180.00", due: now.Add(50 * time.Hour),
			delivered: "Intro (15 s) and outro (20 s), mixed for speech.",
			changes:   "We love the intro! Could the outro fade out two seconds earlier?",
		},
		{
			title: "Product photos, set of 12", buyer: "Holz & Hand", email: "shop@holzhand.example", price: "360.00", due: now.Add(20 * time.Hour),
			delivered: "All twelve photos, retouched, in print and web size.",
		},
		{title: "Subtitles for a short film", buyer: "Marie Lefèvre", email: "marie@example.org", price: "95.00", due: now.Add(-3 * time.Hour)},
	}
}

// place places the order and brings it to its state, through the public interfaces
// of the seller and the buyer.
func (s sample) place(ctx context.Context, server Server, seller Seller, sellerEmail string) error {
	placed, err := server.AddOrder(ctx, sellerEmail, api.NewOrder{
		Title: s.title, Buyer: order.Contact{Name: s.buyer, Email: s.email},
		DueAt: s.due, Price: &api.Price{Amount: s.price, Currency: "EUR"},
	})
	if err != nil {
		return err
	}
	if s.delivered == "" {
		return nil
	}
	link := order.Link{URL: "https://cloud.example/" + placed.ID, Label: "Folder with all files"}
	if err := seller.DeliverLink(ctx, placed.ID, link, s.delivered); err != nil || s.changes == "" {
		return err
	}
	buyer, err := api.NewClient(server.URL(), path.Base(placed.ReviewURL), nil)
	if err != nil {
		return err
	}
	_, err = buyer.Review(placed.ID).RequestChanges(ctx, api.Changes{Message: s.changes})
	return err
}
