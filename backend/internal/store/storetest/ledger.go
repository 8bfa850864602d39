package storetest

import (
	"math"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

var accept = order.Command{Action: order.Accept, By: order.Buyer}

func euro(hundredths int64) order.Money { return order.Money{Hundredths: hundredths, Currency: "EUR"} }

// priced places an order with a price; the zero price is a present.
func (f *fixture) priced(id, seller string, price order.Money) {
	f.Helper()
	o, e := build(id, seller, 48*time.Hour)
	o.Price = price
	_, err := f.Orders.Place(f.Context(), o, e, "review of "+id)
	f.must(err)
}

func ledger(f *fixture) {
	p := order.DefaultPolicy()
	f.priced("o1", "eva", euro(12_000))
	f.priced("o2", "eva", euro(500))
	f.priced("o3", "eva", order.Money{})
	f.priced("o4", "otto", euro(7))
	for _, id := range []string{"o1", "o3"} {
		f.do(id, work, start)
		f.do(id, accept, start)
	}
	f.do("o2", order.Command{Action: order.ProposeCancellation, By: order.Seller}, start)
	f.do("o2", order.Command{Action: order.AgreeCancellation, By: order.Buyer}, start)
	for range 2 {
		_, err := f.Deadlines.AdvanceDue(f.Context(), start.Add(2*p.ClearingPeriod), p, 10)
		f.must(err)
	}
	entries, err := f.Ledger.Entries(f.Context(), "eva", 0, 100)
	f.must(err)
	clears := start.Add(p.ClearingPeriod)
	var want []order.Entry
	for _, e := range []order.Entry{
		{Order: "o1", Status: order.Pending, At: start}, {Order: "o2", Status: order.Pending, At: start},
		{Order: "o1", Status: order.Clearing, At: start}, {Order: "o2", Status: order.Void, At: start},
		{Order: "o1", Status: order.Cleared, At: clears},
	} {
		e.Seller, e.Title, e.Buyer, e.Amount = "eva", "Film "+e.Order, "Bea "+e.Order, euro(12_000)
		if e.Order == "o2" {
			e.Amount = euro(500)
		}
		if len(want) < len(entries) {
			e.Seq = entries[len(want)].Seq // the Seq of an event, see below
		}
		want = append(want, e)
	}
	f.same("the ledger", entries, want)
	made := map[order.PaymentStatus]order.EventType{
		order.Pending: order.OrderPlaced, order.Clearing: order.OrderCompleted, order.Void: order.OrderCancelled, order.Cleared: order.PaymentCleared,
	}
	for _, e := range entries {
		by := f.events(store.EventQuery{OrderID: e.Order, After: e.Seq - 1, Limit: 1})
		f.same("the event that made an entry", []any{by[0].Seq, by[0].Type}, []any{e.Seq, made[e.Status]})
	}
	page, err := f.Ledger.Entries(f.Context(), "eva", entries[1].Seq, 2)
	f.must(err)
	f.same("the page after the second entry", page, want[2:4])
	page, err = f.Ledger.Entries(f.Context(), "eva", math.MaxUint64, 2)
	f.must(err)
	f.same("the page after every entry", page, nil)
	months, err := f.Ledger.Earnings(f.Context(), "eva")
	f.must(err)
	f.same("the months", months, []order.MonthEarnings{
		{Month: "2026-03", Currency: "EUR", Earnings: order.Earnings{Placed: 12_500, Cancelled: 500, Completed: 12_000, Cleared: 12_000}},
	})
	nobody, err := f.Ledger.Earnings(f.Context(), "ev") // a prefix of another seller's ID
	f.must(err)
	f.same("nobody's months", nobody, []order.MonthEarnings{})
}

func recordViews(f *fixture) {
	f.place("first", "eva", time.Hour)
	before := f.do("first", work, start)
	changed := f.EventLog.Changed()
	read := order.View{Order: "first", Delivery: 1, At: start.Add(time.Hour)}
	for range 2 {
		f.must(f.Orders.RecordViews(f.Context(), []order.View{
			read, read, {Order: "absent", Delivery: 1, At: start}, {Order: "first", Delivery: 7, At: start},
			{Order: "first", Delivery: 1, File: "absent", At: start},
		}, order.DefaultPolicy()))
	}
	select {
	case <-changed:
	default:
		f.Error("a reading is not announced")
	}
	o := f.get("first")
	f.same("when it was opened", o.Deliveries[0].OpenedAt, read.At)
	f.same("the version after a reading", o.Version, before.Version)
	f.same("what was logged", types(f.events(store.EventQuery{})), []order.EventType{order.OrderPlaced, order.WorkDelivered, order.DeliveryOpened})
}

// reminder checks that a reminder of a due date keeps the order's version, and that
// a late one is left out.
func reminder(f *fixture) {
	p := order.DefaultPolicy()
	before := f.place("first", "eva", 48*time.Hour)
	f.place("second", "eva", 72*time.Hour)
	for range 2 {
		_, err := f.Deadlines.AdvanceDue(f.Context(), start.Add(25*time.Hour), p, 10)
		f.must(err)
	}
	f.same("the version after a reminder", f.get("first").Version, before.Version)
	f.due()
	n, err := f.Deadlines.AdvanceDue(f.Context(), start.Add(100*time.Hour), p, 10)
	f.must(err)
	f.same("how many changed", n, 1)
	f.due()
	log := f.events(store.EventQuery{After: 2})
	f.same("what was logged", types(log), []order.EventType{order.DueSoon})
	f.same("when", log[0].At, start.Add(24*time.Hour))
	f.same("the version after the next change", f.do("first", work, start.Add(101*time.Hour)).Version, before.Version+1)
}
