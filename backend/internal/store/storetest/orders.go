package storetest

import (
	"errors"
	"slices"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

func notFound(f *fixture) {
	ctx := f.Context()
	f.place("there", "eva", time.Hour)
	_, err := f.Orders.Order(ctx, "absent")
	f.refused(err, order.NotFound)
	_, err = f.Orders.Order(ctx, "")
	f.refused(err, order.NotFound)
	_, err = f.Orders.OrderByReview(ctx, "absent")
	f.refused(err, order.NotFound)
	_, err = f.Orders.OrderByReview(ctx, "")
	f.refused(err, order.NotFound)
	_, err = f.Orders.Change(ctx, store.Change{Order: "absent", Apply: func(*order.Order, []order.Upload) ([]order.Event, error) {
		f.Error("Apply was called for an order that is not there")
		return nil, nil
	}})
	f.refused(err, order.NotFound)
	_, err = f.Accounts.Account(ctx, "absent")
	f.refused(err, order.NotFound)
	_, err = f.Accounts.AccountByEmail(ctx, "absent@example.org")
	f.refused(err, order.NotFound)
	_, err = f.Accounts.Session(ctx, "absent")
	f.refused(err, order.NotFound)
	f.refused(f.Accounts.TouchSession(ctx, "absent", start), order.NotFound)
	_, err = f.Uploads.Upload(ctx, "absent")
	f.refused(err, order.NotFound)
}

func placed(f *fixture) {
	want, e := build("first", "eva", 72*time.Hour)
	got, err := f.Orders.Place(f.Context(), want, e, "hash")
	f.must(err)
	f.same("the version", got.Version, 1)
	f.same("what was agreed", []any{got.ID, got.SellerID, got.Title, got.Buyer, got.Price, got.PlacedAt, got.DueAt, got.Status},
		[]any{want.ID, want.SellerID, want.Title, want.Buyer, want.Price, want.PlacedAt, want.DueAt, want.Status})
	f.same("the order", f.get("first"), got)
	e.Seq = 1
	f.same("the log", f.events(store.EventQuery{}), []order.Event{e})
}

func placedTwice(f *fixture) {
	first := f.place("first", "eva", time.Hour)
	o, e := build("first", "otto", 2*time.Hour)
	_, err := f.Orders.Place(f.Context(), o, e, "another hash")
	f.refused(err, order.Exists)
	f.same("the order", f.get("first"), first)
	_, err = f.Orders.OrderByReview(f.Context(), "another hash")
	f.refused(err, order.NotFound)
	f.same("the other seller's orders", len(f.list(store.Query{SellerID: "otto"}).Orders), 0)
	f.same("the log's length", len(f.events(store.EventQuery{})), 1)
}

func review(f *fixture) {
	f.place("first", "eva", time.Hour)
	f.place("second", "eva", time.Hour)
	f.do("second", message("hello"), start)
	o, err := f.Orders.OrderByReview(f.Context(), "review of second")
	f.must(err)
	f.same("the order", o, f.get("second"))
}

func eachOrder(f *fixture) {
	for _, id := range []string{"a", "b", "c"} {
		f.place(id, "seller of "+id, time.Hour)
	}
	var seen []order.Order
	f.must(f.Orders.EachOrder(f.Context(), func(o order.Order) error {
		seen = append(seen, o)
		return nil
	}))
	slices.SortFunc(seen, func(a, b order.Order) int { return int(a.ID[0]) - int(b.ID[0]) })
	f.same("what was visited", ids(seen), []string{"a", "b", "c"})
	enough, visited := errors.New("enough"), 0
	err := f.Orders.EachOrder(f.Context(), func(order.Order) error {
		visited++
		return enough
	})
	if !errors.Is(err, enough) || visited != 1 {
		f.Errorf("visited %d orders, error %v; want 1 and the visitor's error", visited, err)
	}
}

func listOrder(f *fixture) {
	f.place("late", "eva", 5*time.Hour)
	f.place("other", "otto", time.Hour)
	f.place("soon", "eva", time.Hour)
	f.place("past", "eva", -24*time.Hour)
	f.place("evening", "eva", 3*time.Hour)
	page := f.list(store.Query{SellerID: "eva"})
	f.same("the list", ids(page.Orders), []string{"past", "soon", "evening", "late"})
	f.same("the orders", page.Orders[1], f.get("soon"))
	f.same("the cursor", page.Cursor, "")
	f.same("a stranger's list", len(f.list(store.Query{SellerID: "ev"}).Orders), 0)
}

// listPages lists orders with equal due dates, and ends pages between them.
func listPages(f *fixture) {
	var want []string
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		f.place(id, "eva", time.Hour)
		want = append(want, id)
	}
	f.place("z", "eva", time.Minute)
	f.place("other", "evb", time.Minute)
	want = append([]string{"z"}, want...)
	for limit := 1; limit <= len(want)+1; limit++ {
		var got []string
		q := store.Query{SellerID: "eva", Limit: limit}
		for pages := 0; ; pages++ {
			if pages > len(want) {
				f.Fatalf("with %d a page there are more pages than orders", limit)
			}
			page := f.list(q)
			if len(page.Orders) > limit {
				f.Fatalf("a page of %d has %d orders", limit, len(page.Orders))
			}
			got = append(got, ids(page.Orders)...)
			if q.Cursor = page.Cursor; q.Cursor == "" {
				break
			}
			if len(page.Orders) != limit {
				f.Errorf("a page of %d that is not the last has %d orders", limit, len(page.Orders))
			}
		}
		f.same("the pages together", got, want)
	}
}

func listStatus(f *fixture) {
	f.place("active", "eva", time.Hour)
	f.place("delivered", "eva", 2*time.Hour)
	f.do("delivered", work, start)
	f.place("completed", "eva", 3*time.Hour)
	f.do("completed", work, start)
	f.do("completed", order.Command{Action: order.Accept, By: order.Buyer}, start)
	for _, test := range []struct {
		status []order.Status
		want   []string
	}{
		{nil, []string{"active", "delivered", "completed"}},
		{[]order.Status{order.Delivered}, []string{"delivered"}},
		{[]order.Status{order.Completed, order.Active}, []string{"active", "completed"}},
		{[]order.Status{order.Cancelled}, nil},
	} {
		f.same("the list", ids(f.list(store.Query{SellerID: "eva", Status: test.status}).Orders), test.want)
	}
	// With a filter, the last page has no cursor although other orders follow.
	page := f.list(store.Query{SellerID: "eva", Status: []order.Status{order.Active}, Limit: 1})
	f.same("the cursor of the only page", page.Cursor, "")
}

func listText(f *fixture) {
	for id, title := range map[string]string{"k3ab": "Wedding FILM", "k4cd": "Ärztekammer", "k5ef": "100 % off_er"} {
		o, e := build(id, "eva", time.Hour)
		o.Title, o.Buyer.Name = title, "Bea Özdemir "+id[:2]
		_, err := f.Orders.Place(f.Context(), o, e, id)
		f.must(err)
	}
	for text, want := range map[string][]string{
		"film": {"k3ab"}, "WEDDING": {"k3ab"}, "ärzte": {"k4cd"}, "ÄRZTE": {"k4cd"}, "ÖZDEMIR K4": {"k4cd"},
		"5eF": {"k5ef"}, "%": {"k5ef"}, "_": {"k5ef"}, "'": nil, `\`: nil, "bea@example.org": nil, "": {"k3ab", "k4cd", "k5ef"},
	} {
		f.same("the list by "+text, ids(f.list(store.Query{SellerID: "eva", Text: text}).Orders), want)
	}
	f.same("another's list", len(f.list(store.Query{SellerID: "otto", Text: "film"}).Orders), 0)
}

func listCursor(f *fixture) {
	f.place("a", "eva", time.Hour)
	f.place("b", "otto", time.Hour)
	_, err := f.Orders.List(f.Context(), store.Query{SellerID: "eva", Cursor: "not one! of ours", Limit: 1})
	f.refused(err, order.Invalid)
	// A well-formed but wrong cursor is refused, or is a position in the seller's own
	// list.
	for _, cursor := range []string{"AA", "AAAAAAAAAAA", "_____________w"} {
		page, err := f.Orders.List(f.Context(), store.Query{SellerID: "eva", Cursor: cursor, Limit: 5})
		if err != nil {
			f.refused(err, order.Invalid)
		} else if slices.ContainsFunc(page.Orders, func(o order.Order) bool { return o.SellerID != "eva" }) {
			f.Errorf("the cursor %q shows orders of others: %v", cursor, ids(page.Orders))
		}
	}
}
