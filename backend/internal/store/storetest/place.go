package storetest

import (
	"fmt"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

func placeAll(f *fixture) {
	placed := f.placeAll(store.Placement{Orders: []store.NewOrder{listed("b", "eva", "Film", "Bea", 1), listed("a", "eva", "Film", "Bea", 2)}})
	f.same("what was placed, in the order of the placement", ids(placed), []string{"b", "a"})
	f.same("the order", placed[1], f.get("a"))
	f.same("its hash", placed[1].ReviewHash, "hash of a")
	f.same("the log's length", len(f.events(store.EventQuery{SellerID: "eva"})), 2)
}

func placeNone(f *fixture) {
	twin := listed("a", "eva", "Film", "Bea", 1)
	_, err := f.Orders.PlaceAll(f.Context(), store.Placement{
		SellerID: "eva", Key: "k", Request: "r", Orders: []store.NewOrder{listed("b", "eva", "Film", "Bea", 1), twin, twin},
	})
	f.refused(err, order.Exists)
	f.same("the list", len(f.list(store.Query{SellerID: "eva"}).Orders), 0)
	f.same("the log", len(f.events(store.EventQuery{})), 0)
	_, err = f.Orders.OrderByReview(f.Context(), "hash of b")
	f.refused(err, order.NotFound)
	// The refused placement has left the key free.
	f.placeAll(store.Placement{SellerID: "eva", Key: "k", Request: "other", Orders: []store.NewOrder{twin}})
}

func placeKey(f *fixture) {
	p := store.Placement{SellerID: "eva", Key: "k", Request: "r", Orders: []store.NewOrder{listed("a", "eva", "Film", "Bea", 1)}}
	f.placeAll(p)
	now := f.become("a", order.Delivered)
	again := p
	again.Orders = []store.NewOrder{listed("other", "eva", "Film", "Bea", 1)}
	f.same("the retry", f.placeAll(again), []order.Order{now})
	again.Request = "another"
	_, err := f.Orders.PlaceAll(f.Context(), again)
	f.refused(err, order.Exists)
	f.same("another seller's with the same key", ids(f.placeAll(store.Placement{
		SellerID: "otto", Key: "k", Request: "r", Orders: []store.NewOrder{listed("other", "otto", "Film", "Bea", 1)},
	})), []string{"other"})
	// Without a key a repeated placement places new orders.
	for i := range 2 {
		f.placeAll(store.Placement{SellerID: "eva", Request: "r", Orders: []store.NewOrder{listed(fmt.Sprint("free", i), "eva", "Film", "Bea", 1)}})
	}
}

// reviewRenewed renews, revokes and renews a review link. Only the last hash opens
// the order each time.
func reviewRenewed(f *fixture) {
	f.place("first", "eva", time.Hour)
	o, e := build("second", "eva", time.Hour)
	o.ReviewGeneration = 1
	_, err := f.Orders.Place(f.Context(), o, e, "second/1")
	f.must(err)
	opens := func(want string) {
		f.Helper()
		for _, hash := range []string{"second/1", "second/2", "second/3", ""} {
			o, err := f.Orders.OrderByReview(f.Context(), hash)
			if hash != want || want == "" {
				f.refused(err, order.NotFound)
				continue
			}
			f.must(err)
			f.same("what the link opens", o, f.get("second"))
		}
		other, err := f.Orders.OrderByReview(f.Context(), "review of first")
		f.must(err)
		f.same("another order's link", other.ID, "first")
	}
	change := func(apply func(o *order.Order) []order.Event) {
		f.Helper()
		_, err := f.Orders.Change(f.Context(), store.Change{Order: "second", Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
			return apply(o), nil
		}})
		f.must(err)
	}
	renew := func(o *order.Order) []order.Event {
		return o.RenewReviewLink(func(g int) string { return fmt.Sprint("second/", g) }, start, order.DefaultPolicy())
	}
	opens("second/1")
	change(renew)
	opens("second/2")
	change(func(o *order.Order) []order.Event { return o.RevokeReviewLink(start, order.DefaultPolicy()) })
	opens("")
	change(renew)
	opens("second/3")
}
