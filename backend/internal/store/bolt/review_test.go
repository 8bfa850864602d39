package bolt_test

import (
	"errors"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

var opened = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// A link from before links could be renewed works until it is, or is revoked.
func TestALinkOfGenerationZero(t *testing.T) {
	for name, end := range map[string]func(*order.Order) []order.Event{
		"renewed": func(o *order.Order) []order.Event {
			return o.RenewReviewLink(func(g int) string { return "hash " + strconv.Itoa(g) }, opened, order.DefaultPolicy())
		},
		"revoked": func(o *order.Order) []order.Event { return o.RevokeReviewLink(opened, order.DefaultPolicy()) },
	} {
		t.Run(name, func(t *testing.T) {
			s, err := bolt.Open(filepath.Join(t.TempDir(), "handover.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			placeOld(t, s)
			if o, err := s.Orders.OrderByReview(t.Context(), "random"); err != nil || o.ID != "old" {
				t.Fatalf("before: %+v, %v", o, err)
			}
			_, err = s.Orders.Change(t.Context(), store.Change{Order: "old", Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
				return end(o), nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Orders.OrderByReview(t.Context(), "random"); !errors.Is(err, &order.Error{Code: order.NotFound}) {
				t.Errorf("the old link still opens the order: %v", err)
			}
			o, err := s.Orders.OrderByReview(t.Context(), "hash 1")
			if opens := err == nil; opens != (name == "renewed") {
				t.Errorf("the new link: %+v, %v", o, err)
			}
		})
	}
}

// placeOld stores an order as the first version did: by the hash of a random
// token that the order itself does not know.
func placeOld(t *testing.T, s *bolt.Store) {
	t.Helper()
	o, e, err := order.Place(order.Order{
		ID: "old", SellerID: "s", Title: "Film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: opened.Add(time.Hour),
	}, opened)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Orders.Place(t.Context(), o, e, "random"); err != nil {
		t.Fatal(err)
	}
	if err := s.ForgetReviewHash("old"); err != nil {
		t.Fatal(err)
	}
}
