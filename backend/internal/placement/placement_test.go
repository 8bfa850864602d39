package placement_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handover/backend/api"
	"handover/backend/internal/placement"
	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newService(t *testing.T) placement.Service {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "handover.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return placement.Service{Store: db.Orders, Links: links{}, Now: func() time.Time { return now }, PublicURL: func() string { return "https://handover.example.org" }}
}

func newOrder() api.NewOrder {
	return api.NewOrder{
		Title: " Wedding film ", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"},
		DueAt: time.Date(2026, 3, 4, 14, 0, 0, 0, time.FixedZone("CET", 3600)),
	}
}

func TestPlace(t *testing.T) {
	s := newService(t)
	o, link, err := s.Place(t.Context(), "eva", newOrder())
	if err != nil {
		t.Fatal(err)
	}
	if o.Title != "Wedding film" || o.SellerID != "eva" || o.Status != order.Active || o.Version != 1 ||
		!o.PlacedAt.Equal(now) || o.DueAt != time.Date(2026, 3, 4, 13, 0, 0, 0, time.UTC) {
		t.Errorf("the order is %+v", o)
	}
	secret, ok := strings.CutPrefix(link, "https://handover.example.org/review/")
	if !ok || len(secret) < 40 || strings.ContainsAny(secret, "/?#+=") {
		t.Fatalf("the link is %s", link)
	}
	if found, err := s.Reviewed(t.Context(), secret); err != nil || found.ID != o.ID {
		t.Errorf("the link opens %q, error %v; want %q", found.ID, err, o.ID)
	}
	other, otherLink, err := s.Place(t.Context(), "eva", newOrder())
	if err != nil || other.ID == o.ID || otherLink == link {
		t.Errorf("two orders share their ID or link: %s, %s, %v", other.ID, otherLink, err)
	}
	if _, err := s.Store.OrderByReview(t.Context(), secret); err == nil {
		t.Error("the store has the token itself")
	}
	for _, bad := range []string{"", "x", secret + "x", secret[1:], o.ID} {
		if _, err := s.Reviewed(t.Context(), bad); !errors.Is(err, &order.Error{Code: order.Unauthenticated}) {
			t.Errorf("the token %q is answered with %v", bad, err)
		}
	}
}

func TestPrice(t *testing.T) {
	s := newService(t)
	for _, test := range []struct {
		amount string
		want   int64 // hundredths; -1 for a refusal
	}{
		{"0", 0}, {"0.00", 0}, {"1", 100}, {"1.5", 150}, {"1.05", 105}, {"120.00", 12_000}, {"007", 700},
		{"0.01", 1}, {"999999999999.99", 99_999_999_999_999}, {"1.", 100},
		{"", -1}, {".", -1}, {".5", -1}, {"1.005", -1}, {"-1", -1}, {"+1", -1}, {"1,50", -1}, {"1.000,50", -1}, {"1e3", -1}, {"0x10", -1},
		{" 1", -1}, {"1 ", -1}, {"1.5.0", -1}, {"1..", -1}, {"1.-5", -1}, {"1_000", -1}, {"١٢", -1}, {"½", -1}, {"NaN", -1}, {"Inf", -1},
		{"1000000000000", -1}, {strings.Repeat("9", 400), -1}, {"1." + strings.Repeat("0", 400), -1}, {"1\x00", -1},
	} {
		t.Run(test.amount, func(t *testing.T) {
			n := newOrder()
			n.Price = &api.Price{Amount: test.amount, Currency: "EUR"}
			o, _, err := s.Place(t.Context(), "eva", n)
			var refused *order.Error
			switch {
			case test.want >= 0 && (err != nil || o.Price != order.Money{Hundredths: test.want, Currency: "EUR"}):
				t.Errorf("the price is %+v, error %v; want %d", o.Price, err, test.want)
			case test.want < 0 && (!errors.As(err, &refused) || refused.Code != order.Invalid || refused.Field != "price.amount"):
				t.Errorf("the error is %v, want a refusal of the price", err)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	s := newService(t)
	for _, test := range []struct {
		name, field string
		change      func(*api.NewOrder)
	}{
		{"no title", "title", func(n *api.NewOrder) { n.Title = " \t" }},
		{"a long title", "title", func(n *api.NewOrder) { n.Title = strings.Repeat("ä", 201) }},
		{"a title of two lines", "title", func(n *api.NewOrder) { n.Title = "a\nb" }},
		{"a title that is not UTF-8", "title", func(n *api.NewOrder) { n.Title = "a\xff" }},
		{"no buyer's name", "buyer.name", func(n *api.NewOrder) { n.Buyer.Name = "" }},
		{"no buyer's address", "buyer.email", func(n *api.NewOrder) { n.Buyer.Email = "" }},
		{"a buyer's address with a header in it", "buyer.email", func(n *api.NewOrder) { n.Buyer.Email = "bea@example.org\r\nBcc: a@example.org" }},
		{"an unknown language", "buyer.language", func(n *api.NewOrder) { n.Buyer.Language = "tlh" }},
		{"no due date", "due_at", func(n *api.NewOrder) { n.DueAt = time.Time{} }},
		{"a due date in the year 9999", "due_at", func(n *api.NewOrder) { n.DueAt = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"no currency", "price.currency", func(n *api.NewOrder) { n.Price = &api.Price{Amount: "1"} }},
		{"a currency in small letters", "price.currency", func(n *api.NewOrder) { n.Price = &api.Price{Amount: "1", Currency: "eur"} }},
		{"a currency that is none, of nothing", "price.currency", func(n *api.NewOrder) { n.Price = &api.Price{Amount: "0", Currency: "<b>"} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := newOrder()
			test.change(&n)
			_, _, err := s.Place(t.Context(), "eva", n)
			var refused *order.Error
			if !errors.As(err, &refused) || refused.Code != order.Invalid || refused.Field != test.field {
				t.Errorf("the error is %#v, want a refusal of %s", err, test.field)
			}
		})
	}
	if page, err := s.Store.List(t.Context(), store.Query{SellerID: "eva", Limit: 1}); err != nil || len(page.Orders) != 0 {
		t.Errorf("a refused order was placed: %v, %v", page.Orders, err)
	}
}

// links derives tokens as a server's secret does.
type links struct{}

func (links) ViewToken(id string, number int) string {
	return fmt.Sprintf("view %s/%d", id, number)
}

func (links) ReviewToken(id string, generation int) string {
	return fmt.Sprintf("%s-%040d", id, generation)
}
