package storetest

import (
	"fmt"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// gapless checks that the Seqs of the log are 1, 2, 3 … up to last.
func (f *fixture) gapless(last int) {
	f.Helper()
	log := f.events(store.EventQuery{})
	f.same("the log's length", len(log), last)
	for i, e := range log {
		if e.Seq != uint64(i+1) {
			f.Fatalf("event %d has the Seq %d", i+1, e.Seq)
		}
	}
	seq, err := f.EventLog.LastSeq(f.Context())
	f.must(err)
	f.same("the last Seq", seq, last)
}

func seqs(f *fixture) {
	f.gapless(0)
	f.place("first", "eva", time.Hour)
	f.do("first", work, start)
	f.gapless(2)
	// A rollback or a refusal leaves no gap.
	o, e := build("first", "eva", time.Hour)
	_, err := f.Orders.Place(f.Context(), o, e, "hash")
	f.refused(err, order.Exists)
	_, err = f.Orders.Change(f.Context(), store.Change{Order: "first", Apply: apply(message(""), start)})
	f.refused(err, order.Invalid)
	f.do("first", message("hello"), start)
	f.gapless(3)
}

func eventFilters(f *fixture) {
	// Names with a common prefix must stay separate.
	f.place("a", "eva", time.Hour)
	f.place("ab", "eva", time.Hour)
	f.place("c", "eva2", time.Hour)
	f.do("a", message("to a"), start)
	f.do("ab", message("to ab"), start)
	f.do("c", message("to c"), start)
	for _, test := range []struct {
		query store.EventQuery
		want  []uint64
	}{
		{store.EventQuery{}, []uint64{1, 2, 3, 4, 5, 6}},
		{store.EventQuery{OrderID: "a"}, []uint64{1, 4}},
		{store.EventQuery{OrderID: "ab"}, []uint64{2, 5}},
		{store.EventQuery{OrderID: "a", After: 1}, []uint64{4}},
		{store.EventQuery{OrderID: "a", After: 2}, []uint64{4}},
		{store.EventQuery{SellerID: "eva"}, []uint64{1, 2, 4, 5}},
		{store.EventQuery{SellerID: "eva2"}, []uint64{3, 6}},
		{store.EventQuery{SellerID: "eva", After: 4}, []uint64{5}},
		{store.EventQuery{SellerID: "eva", Limit: 3}, []uint64{1, 2, 4}},
		{store.EventQuery{After: 5}, []uint64{6}},
		{store.EventQuery{After: 6}, nil},
		{store.EventQuery{After: 1 << 62}, nil},
		{store.EventQuery{SellerID: "ev"}, nil},
		{store.EventQuery{OrderID: "absent"}, nil},
	} {
		var got []uint64
		for _, e := range f.events(test.query) {
			got = append(got, e.Seq)
		}
		f.same(fmt.Sprintf("events by %+v", test.query), got, test.want)
	}
}

// eventPages reads while others write, as a stream of events does.
func eventPages(f *fixture) {
	f.place("first", "eva", time.Hour)
	f.place("other", "otto", time.Hour)
	var got []string
	for q := (store.EventQuery{SellerID: "eva", After: 2, Limit: 3}); len(got) < 20; {
		if n := len(got); n < 20 {
			f.do("first", message(fmt.Sprintf("m%02d", 2*n)), start)
			f.do("other", message("not for eva"), start)
			f.do("first", message(fmt.Sprintf("m%02d", 2*n+1)), start)
		}
		page := f.events(q)
		if len(page) == 0 || len(page) > q.Limit {
			f.Fatalf("a page of 3 has %d events", len(page))
		}
		for _, e := range page {
			got = append(got, e.Message)
			q.After = e.Seq
		}
	}
	var want []string
	for _, e := range f.events(store.EventQuery{OrderID: "first", After: 1, Limit: len(got)}) {
		want = append(want, e.Message)
	}
	f.same("the pages together", got, want)
}

func announced(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func changed(f *fixture) {
	expect := func(what string, do func()) {
		f.Helper()
		before := f.EventLog.Changed()
		if announced(before) {
			f.Fatal("a channel is closed before there was an event")
		}
		do()
		// The notification may come from another process, so it may take a moment.
		select {
		case <-before:
		case <-time.After(10 * time.Second):
			f.Errorf("%s was not announced", what)
		}
	}
	expect("an order", func() { f.place("first", "eva", time.Hour) })
	expect("a delivery", func() { f.do("first", work, start) })
	expect("what time did", func() {
		_, err := f.Deadlines.AdvanceDue(f.Context(), start.Add(1000*time.Hour), order.DefaultPolicy(), 10)
		f.must(err)
	})
	f.place("second", "eva", time.Hour)
	f.do("second", work, start)
	expect("what time did before a refusal", func() {
		_, err := f.Orders.Change(f.Context(), store.Change{Order: "second", Apply: apply(message(""), start.Add(1000*time.Hour))})
		f.refused(err, order.Invalid)
	})
}

func notChanged(f *fixture) {
	f.place("first", "eva", time.Hour)
	before := f.EventLog.Changed()
	_, err := f.Orders.Change(f.Context(), store.Change{Order: "first", Apply: apply(message(""), start)})
	f.refused(err, order.Invalid)
	o, e := build("first", "eva", time.Hour)
	_, err = f.Orders.Place(f.Context(), o, e, "hash")
	f.refused(err, order.Exists)
	_, err = f.Deadlines.AdvanceDue(f.Context(), start.Add(1000*time.Hour), order.DefaultPolicy(), 10)
	f.must(err)
	if announced(before) {
		f.Error("there was no event, but one was announced")
	}
}
