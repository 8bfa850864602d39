package bolt_test

import (
	"path/filepath"
	"testing"
	"time"

	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

// Data from before there were lists by status gets them when it is opened.
func TestOldDataIsListed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	o, e, err := order.Place(order.Order{
		ID: "a", SellerID: "s", Title: "Film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: opened.Add(time.Hour),
	}, opened)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Orders.Place(t.Context(), o, e, "hash"); err != nil {
		t.Fatal(err)
	}
	if err := s.ForgetLists(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = bolt.Open(path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, q := range []store.Query{{}, {Status: []order.Status{order.Active}}, {Text: "bea"}} {
		q.SellerID, q.Limit = "s", 10
		if page, err := s.Orders.List(t.Context(), q); err != nil || len(page.Orders) != 1 {
			t.Errorf("%+v: %d orders, %v", q, len(page.Orders), err)
		}
	}
}
