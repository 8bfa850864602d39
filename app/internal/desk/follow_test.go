package desk_test

import (
	"log/slog"
	"path"
	"testing"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/desk"
	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// A window hears what the buyer does, and its page can be loaded then.
func TestTheBuyersActionsAreHeard(t *testing.T) {
	server, err := backend.StartLocal(backend.Config{Dir: t.TempDir(), Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close(t.Context())
	seller := api.NewUser{Email: "eva@example.org", Name: "Eva", Password: "a long password"}
	if _, err := server.AddUser(t.Context(), seller); err != nil {
		t.Fatal(err)
	}
	placed, err := server.AddOrder(t.Context(), seller.Email, api.NewOrder{
		Title: "Film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: time.Now().Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan change.Change, 1000)
	d, err := desk.Open(desk.Options{
		Home: t.TempDir(), Parallel: 1, Background: true, Log: slog.New(slog.DiscardHandler),
		Listen: func(c change.Change) { heard <- c },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Session.SignIn(t.Context(), server.URL(), seller.Email, seller.Password, false); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Describe(placed.ID, "Done."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Delivery.Deliver(t.Context(), placed.ID, true); err != nil {
		t.Fatal(err)
	}
	buyer, err := api.NewClient(server.URL(), path.Base(placed.ReviewURL), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := buyer.Review(placed.ID).RequestChanges(t.Context(), api.Changes{Message: "More air, please."}); err != nil {
		t.Fatal(err)
	}
	for c := range heard {
		if c != (change.Change{Kind: change.Order, Order: placed.ID}) {
			continue
		}
		o, _, _, err := d.Orders.Refresh(t.Context(), placed.ID)
		if err != nil {
			t.Fatal(err)
		}
		if o.Status == order.InRevision {
			return
		}
	}
}
