package storetest

import (
	"fmt"
	"slices"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// views makes view links, ends them singly, and ends all of them with the buyer's
// link.
func views(f *fixture) {
	ctx, p := f.Context(), order.DefaultPolicy()
	first, _ := f.place("first", "eva", time.Hour), f.place("second", "eva", time.Hour)
	hash := func(n int) string { return fmt.Sprint("view ", n) }
	opens := func(want ...string) {
		f.Helper()
		for _, h := range []string{hash(1), hash(2), hash(3), "review of first", "renewed", ""} {
			o, err := f.Orders.OrderByViewLink(ctx, h)
			if !slices.Contains(want, h) {
				f.refused(err, order.NotFound)
			} else {
				f.must(err)
				f.same("what "+h+" opens", o, f.get("first"))
			}
			if _, err := f.Orders.OrderByReview(ctx, h); h != "review of first" && h != "renewed" {
				f.refused(err, order.NotFound) // no view link opens the order for a buyer
			}
		}
	}
	change := func(apply func(o *order.Order) ([]order.Event, error)) {
		f.Helper()
		_, err := f.Orders.Change(ctx, store.Change{Order: "first", Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) { return apply(o) }})
		f.must(err)
	}
	share := func(o *order.Order) ([]order.Event, error) { return o.Share("Ada", hash, start, p) }
	opens()
	change(share)
	change(share)
	opens(hash(1), hash(2))
	change(func(o *order.Order) ([]order.Event, error) { return o.EndSharing(1, start, p) })
	opens(hash(2))
	f.same("the version", f.get("first").Version, first.Version) // all those events are quiet
	f.do("first", work, start)
	opens(hash(2))
	change(func(o *order.Order) ([]order.Event, error) {
		return o.RenewReviewLink(func(int) string { return "renewed" }, start, p), nil
	})
	opens()
	change(share)
	opens(hash(3))
	o, err := f.Orders.OrderByReview(ctx, "renewed")
	f.must(err)
	f.same("what the buyer's link opens", o.ID, "first")
}

func viewed(f *fixture) {
	ctx, p := f.Context(), order.DefaultPolicy()
	f.place("first", "eva", time.Hour)
	before := f.do("first", work, start)
	_, err := f.Orders.Change(ctx, store.Change{Order: "first", Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.Share("Ada", func(int) string { return "view" }, start, p)
	}})
	f.must(err)
	at := start.Add(time.Hour)
	look := order.View{Order: "first", Delivery: 1, Viewer: 1, At: at}
	fetch := look
	fetch.File = order.Archive
	f.must(f.Orders.RecordViews(ctx, []order.View{look, look, fetch, {Order: "first", Delivery: 1, Viewer: 2, At: at}}, p))
	o, err := f.Orders.OrderByViewLink(ctx, "view")
	f.must(err)
	f.same("the link", o.ViewLinks, []order.ViewLink{{Number: 1, Name: "Ada", Hash: "view", MadeAt: start, OpenedAt: at, Downloaded: []int{1}}})
	f.same("the delivery", o.Deliveries, before.Deliveries) // no view counts as the buyer's
	f.same("the version", o.Version, before.Version)
	f.same("what was logged", types(f.events(store.EventQuery{After: 2})), []order.EventType{order.WorkShared, order.WorkViewed, order.FileDownloaded})
}
