package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// listed returns a new order of the seller. due is in hours after the start.
func listed(id, seller, title, buyer string, due int) store.NewOrder {
	o, e := build(id, seller, time.Duration(due)*time.Hour)
	o.Title, o.Buyer.Name = title, buyer
	o.Price = order.Money{} // these orders change without events, so their ledger would be wrong
	return store.NewOrder{Order: o, Event: e, ReviewHash: "hash of " + id}
}

func (f *fixture) placeAll(p store.Placement) []order.Order {
	f.Helper()
	orders, err := f.Orders.PlaceAll(f.Context(), p)
	f.must(err)
	return orders
}

// become sets the status of an order, without the rules.
func (f *fixture) become(id string, status order.Status) order.Order {
	f.Helper()
	o, err := f.Orders.Change(f.Context(), store.Change{Order: id, Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		o.Status = status
		return []order.Event{{Order: id, Seller: o.SellerID, Type: order.MessageWritten, At: start, Status: status}}, nil
	}})
	f.must(err)
	return o
}

// pages returns the IDs of all pages, and calls between after each page but the last.
func (f *fixture) pages(q store.Query, between func()) []string {
	f.Helper()
	all := []string{}
	for {
		page := f.list(q)
		if len(page.Orders) > q.Limit || len(page.Orders) < q.Limit && page.Cursor != "" {
			f.Fatalf("%d orders on a page of %d, cursor %q", len(page.Orders), q.Limit, page.Cursor)
		}
		all = append(all, ids(page.Orders)...)
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return all
		}
		between()
	}
}

// listMatches compares every query, in pages of every size, with a filter over all
// orders.
func listMatches(f *fixture) {
	const sellers, n = 2, 60
	var p store.Placement
	for i := range n {
		p.Orders = append(p.Orders, listed(
			fmt.Sprintf("id%02d", i), fmt.Sprintf("seller%d", i%sellers),
			[]string{"Film", "Größe", "logo FILM"}[i%3], []string{"Bea", "Çelik", "Übel & Söhne"}[i%4%3], i*7%20-10,
		))
	}
	var all []order.Order
	for i, o := range f.placeAll(p) {
		all = append(all, f.become(o.ID, order.Statuses()[i*3%5]))
	}
	slices.SortFunc(all, func(a, b order.Order) int { return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.ID, b.ID)) })

	rapid.Check(f.T, func(t *rapid.T) {
		q := store.Query{
			SellerID: fmt.Sprintf("seller%d", rapid.IntRange(0, sellers).Draw(t, "seller")),
			Status:   rapid.SliceOfN(rapid.SampledFrom(order.Statuses()), 0, 3).Draw(t, "status"),
			Text:     rapid.SampledFrom([]string{"", "film", "GRÖSSE", "größe", "çel", "übel & s", "ID1", "nothing"}).Draw(t, "text"),
			Limit:    rapid.IntRange(1, 70).Draw(t, "limit"),
		}
		now := start.Add(time.Duration(rapid.IntRange(-12, 12).Draw(t, "now")) * time.Hour)
		if rapid.Bool().Draw(t, "late") {
			q.LateAt = now
		}
		want, sum := []string{}, store.Summary{Count: map[order.Status]int{}}
		for _, o := range all {
			if o.SellerID != q.SellerID {
				continue
			}
			sum.Count[o.Status]++
			if o.Late(now) {
				sum.Late++
			}
			text := strings.ToLower(o.Title + "\n" + o.Buyer.Name + "\n" + o.ID)
			if strings.Contains(text, strings.ToLower(q.Text)) &&
				(len(q.Status) == 0 || slices.Contains(q.Status, o.Status)) && (q.LateAt.IsZero() || o.Late(q.LateAt)) {
				want = append(want, o.ID)
			}
		}
		f.same(fmt.Sprintf("the list of %+v", q), f.pages(q, func() {}), want)
		got, err := f.Orders.Summarise(f.Context(), q.SellerID, now)
		f.must(err)
		for _, status := range order.Statuses() {
			f.same("how many are "+string(status), got.Count[status], sum.Count[status])
		}
		f.same("how many are late", got.Late, sum.Late)
		if f.Failed() {
			t.FailNow()
		}
	})
}

// listWhileChanging adds, removes and changes orders between two pages. The other
// orders are listed once.
func listWhileChanging(f *fixture) {
	for n, status := range [][]order.Status{nil, {order.Active}} {
		seller := fmt.Sprintf("eva%d", n)
		name := func(i int) string { return fmt.Sprintf("%s-%02d", seller, i) }
		var p store.Placement
		var stay []string
		for i := range 60 {
			p.Orders = append(p.Orders, listed(name(i), seller, "Film", "Bea", i/2))
			if i%3 != 0 {
				stay = append(stay, name(i))
			}
		}
		f.placeAll(p)
		round := 0
		got := f.pages(store.Query{SellerID: seller, Status: status, Limit: 7}, func() {
			for i := range 20 { // listed orders and orders of later pages
				if i%3 == round%3 {
					f.become(name(i*3), order.Statuses()[round%5])
				}
			}
			f.placeAll(store.Placement{Orders: []store.NewOrder{listed(fmt.Sprintf("%s-new%d", seller, round), seller, "Logo", "Bob", round*5)}})
			round++
		})
		count := map[string]int{}
		for _, id := range got {
			if count[id]++; count[id] > 1 {
				f.Errorf("%s is listed twice", id)
			}
		}
		for _, id := range stay {
			if count[id] != 1 {
				f.Errorf("%s is listed %d times", id, count[id])
			}
		}
	}
}

func listMoves(f *fixture) {
	var p store.Placement
	for i, id := range []string{"a", "b", "c"} {
		p.Orders = append(p.Orders, listed(id, "eva", "Film "+id, "Bea", i))
	}
	f.placeAll(p)
	later, title := start.Add(50*time.Hour), "Logo"
	f.do("a", order.Command{Action: order.ChangeOrder, By: order.Seller, Edit: order.Edit{DueAt: &later, Title: &title}}, start)
	for _, test := range []struct {
		q    store.Query
		want []string
	}{
		{store.Query{}, []string{"b", "c", "a"}},
		{store.Query{Status: []order.Status{order.Active}}, []string{"b", "c", "a"}},
		{store.Query{Text: "film"}, []string{"b", "c"}},
		{store.Query{Text: "logo"}, []string{"a"}},
		{store.Query{LateAt: start.Add(10 * time.Hour)}, []string{"b", "c"}},
	} {
		test.q.SellerID = "eva"
		f.same(fmt.Sprintf("the list of %+v", test.q), ids(f.list(test.q).Orders), test.want)
	}
}
