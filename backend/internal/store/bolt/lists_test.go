package bolt_test

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

func openStore(t testing.TB) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "handover.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// newOrder returns an order of the seller, due so many hours after the store
// was opened.
func newOrder(id, seller, title, buyer string, due int) store.NewOrder {
	o, e, err := order.Place(order.Order{
		ID: id, SellerID: seller, Title: title, Buyer: order.Contact{Name: buyer, Email: "b@example.org"},
		DueAt: opened.Add(time.Duration(due) * time.Hour),
	}, opened)
	if err != nil {
		panic(err)
	}
	return store.NewOrder{Order: o, Event: e, ReviewHash: "hash of " + id}
}

// become takes an order to a status, as an action would.
func become(t testing.TB, s *bolt.Store, id string, status order.Status) {
	t.Helper()
	_, err := s.Change(t.Context(), store.Change{Order: id, Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		o.Status = status
		return []order.Event{{Order: id, Seller: o.SellerID, Type: order.MessageWritten}}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// pages returns the IDs of all pages, and fails when one is too long or an
// early one says it is the last.
func pages(t testing.TB, s *bolt.Store, q store.Query, between func()) []string {
	t.Helper()
	ids := []string{}
	for {
		page, err := s.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Orders) > q.Limit || len(page.Orders) < q.Limit && page.Cursor != "" {
			t.Fatalf("%d orders on a page of %d, cursor %q", len(page.Orders), q.Limit, page.Cursor)
		}
		for _, o := range page.Orders {
			ids = append(ids, o.ID)
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return ids
		}
		between()
	}
}

// Every query, in pages of every size, finds what a look at each order finds.
func TestListFindsWhatMatches(t *testing.T) {
	const sellers, n = 2, 60
	s := openStore(t)
	var all []order.Order
	var placement store.Placement
	for i := range n {
		placement.Orders = append(placement.Orders, newOrder(
			fmt.Sprintf("id%02d", i), fmt.Sprintf("seller%d", i%sellers),
			[]string{"Film", "Größe", "logo FILM"}[i%3], []string{"Bea", "Çelik", "Übel & Söhne"}[i%4%3], i*7%20-10,
		))
	}
	placed, err := s.PlaceAll(t.Context(), placement)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range placed {
		status := order.Statuses()[i*3%5]
		become(t, s, o.ID, status)
		o.Status = status
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b order.Order) int { return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.ID, b.ID)) })

	rapid.Check(t, func(rt *rapid.T) {
		q := store.Query{
			SellerID: fmt.Sprintf("seller%d", rapid.IntRange(0, sellers).Draw(rt, "seller")),
			Status:   rapid.SliceOfN(rapid.SampledFrom(order.Statuses()), 0, 3).Draw(rt, "status"),
			Text:     rapid.SampledFrom([]string{"", "film", "GRÖSSE", "größe", "GRÖẞE", "çel", "übel & s", "ID1", "nothing"}).Draw(rt, "text"),
			Limit:    rapid.IntRange(1, 70).Draw(rt, "limit"),
		}
		now := opened.Add(time.Duration(rapid.IntRange(-12, 12).Draw(rt, "now")) * time.Hour)
		if rapid.Bool().Draw(rt, "late") {
			q.LateAt = now
		}
		want := []string{}
		for _, o := range all {
			text := strings.ToLower(o.Title + "\n" + o.Buyer.Name + "\n" + o.ID)
			if o.SellerID == q.SellerID && strings.Contains(text, strings.ToLower(q.Text)) &&
				(len(q.Status) == 0 || slices.Contains(q.Status, o.Status)) && (q.LateAt.IsZero() || o.Late(q.LateAt)) {
				want = append(want, o.ID)
			}
		}
		if diff := gocmp.Diff(want, pages(t, s, q, func() {})); diff != "" {
			rt.Errorf("%+v (-want +got):\n%s", q, diff)
		}
		sum, err := s.Summarise(t.Context(), q.SellerID, now)
		if err != nil {
			rt.Fatal(err)
		}
		for _, o := range all {
			if o.SellerID == q.SellerID {
				sum.Count[o.Status]--
				if o.Late(now) {
					sum.Late--
				}
			}
		}
		for status, off := range sum.Count {
			if off != 0 || sum.Late != 0 {
				rt.Errorf("the count of %s is off by %d, of the late ones by %d", status, off, sum.Late)
			}
		}
	})
}

// Between two pages other orders come and go and change; what stays is listed
// once.
func TestPagesStayRightWhileOrdersChange(t *testing.T) {
	for _, status := range [][]order.Status{nil, {order.Active}} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			s := openStore(t)
			var p store.Placement
			var stay []string
			for i := range 60 {
				id := fmt.Sprintf("id%02d", i)
				p.Orders = append(p.Orders, newOrder(id, "s", "Film", "Bea", i/2))
				if i%3 != 0 {
					stay = append(stay, id)
				}
			}
			if _, err := s.PlaceAll(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			round := 0
			got := pages(t, s, store.Query{SellerID: "s", Status: status, Limit: 7}, func() {
				// Some that were listed and some that were not yet.
				for i := range 20 {
					if i%3 == round%3 {
						become(t, s, fmt.Sprintf("id%02d", i*3), order.Statuses()[round%5])
					}
				}
				extra := newOrder(fmt.Sprintf("new%d", round), "s", "Logo", "Bob", round*5)
				if _, err := s.PlaceAll(t.Context(), store.Placement{Orders: []store.NewOrder{extra}}); err != nil {
					t.Fatal(err)
				}
				round++
			})
			count := map[string]int{}
			for _, id := range got {
				if count[id]++; count[id] > 1 {
					t.Errorf("%s is listed twice", id)
				}
			}
			for _, id := range stay {
				if count[id] != 1 {
					t.Errorf("%s is listed %d times", id, count[id])
				}
			}
		})
	}
}

func TestAChangedOrderMovesInItsLists(t *testing.T) {
	s := openStore(t)
	var p store.Placement
	for i, id := range []string{"a", "b", "c"} {
		p.Orders = append(p.Orders, newOrder(id, "s", "Film "+id, "Bea", i))
	}
	if _, err := s.PlaceAll(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	later, title := opened.Add(50*time.Hour), "Logo"
	_, err := s.Change(t.Context(), store.Change{Order: "a", Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.Apply(order.Command{Action: order.ChangeOrder, By: order.Seller, Edit: order.Edit{DueAt: &later, Title: &title}}, opened, order.DefaultPolicy())
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		q    store.Query
		want []string
	}{
		{store.Query{}, []string{"b", "c", "a"}},
		{store.Query{Status: []order.Status{order.Active}}, []string{"b", "c", "a"}},
		{store.Query{Text: "film"}, []string{"b", "c"}},
		{store.Query{Text: "logo"}, []string{"a"}},
		{store.Query{LateAt: opened.Add(10 * time.Hour)}, []string{"b", "c"}},
	} {
		tc.q.SellerID, tc.q.Limit = "s", 10
		if diff := gocmp.Diff(tc.want, pages(t, s, tc.q, func() {})); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tc.q, diff)
		}
	}
}

func TestListRefusesForeignCursors(t *testing.T) {
	s := openStore(t)
	if _, err := s.PlaceAll(t.Context(), store.Placement{Orders: []store.NewOrder{newOrder("a", "s", "Film", "Bea", 1)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.List(t.Context(), store.Query{SellerID: "s", Limit: 1, Cursor: "not base64!"}); err == nil {
		t.Error("a cursor that is none was taken")
	}
	for _, cursor := range []string{"AA", "____________________", "czA"} { // of other bytes
		if _, err := s.List(t.Context(), store.Query{SellerID: "s", Limit: 1, Cursor: cursor}); err != nil {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	}
}

// Data from before there were lists by status gets them when it is opened.
func TestOldDataIsListed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.PlaceAll(t.Context(), store.Placement{Orders: []store.NewOrder{newOrder("a", "s", "Film", "Bea", 1)}}); err != nil {
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
		if got := pages(t, s, q, func() {}); !slices.Equal(got, []string{"a"}) {
			t.Errorf("%+v: %v", q, got)
		}
	}
}

func TestPlaceAllIsAllOrNothing(t *testing.T) {
	s := openStore(t)
	twin := newOrder("a", "s", "Film", "Bea", 1)
	if _, err := s.PlaceAll(t.Context(), store.Placement{Orders: []store.NewOrder{newOrder("b", "s", "Film", "Bea", 1), twin, twin}}); err == nil {
		t.Fatal("two orders have the same ID")
	}
	if got := pages(t, s, store.Query{SellerID: "s", Limit: 10}, func() {}); len(got) != 0 {
		t.Errorf("a refused placement left %v", got)
	}
	if seq, err := s.LastSeq(t.Context()); err != nil || seq != 0 {
		t.Errorf("a refused placement left %d events, %v", seq, err)
	}
}

func TestPlaceAllWithAKey(t *testing.T) {
	s := openStore(t)
	p := store.Placement{SellerID: "s", Key: "k", Request: "r", Orders: []store.NewOrder{newOrder("a", "s", "Film", "Bea", 1)}}
	if _, err := s.PlaceAll(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	become(t, s, "a", order.Delivered)
	again := p
	again.Orders = []store.NewOrder{newOrder("other", "s", "Film", "Bea", 1)}
	got, err := s.PlaceAll(t.Context(), again)
	if err != nil || len(got) != 1 || got[0].ID != "a" || got[0].Status != order.Delivered {
		t.Errorf("the retry: %+v, %v", got, err)
	}
	again.Request = "another"
	if _, err := s.PlaceAll(t.Context(), again); err == nil {
		t.Error("the key was used for another request")
	}
	again.SellerID, again.Request = "s2", "r"
	again.Orders[0].Order.SellerID = "s2"
	if got, err := s.PlaceAll(t.Context(), again); err != nil || got[0].ID != "other" {
		t.Errorf("the same key of another seller: %+v, %v", got, err)
	}
}
