package storetest

import (
	"fmt"
	"slices"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// waiting returns the orders whose deadline is not after now, soonest first,
// according to package order.
func (f *fixture) waiting(now time.Time) []order.Order {
	f.Helper()
	var list []order.Order
	f.must(f.Orders.EachOrder(f.Context(), func(o order.Order) error {
		if due := o.NextDeadline(); !due.IsZero() && !due.After(now) {
			list = append(list, o)
		}
		return nil
	}))
	slices.SortFunc(list, func(a, b order.Order) int { return a.NextDeadline().Compare(b.NextDeadline()) })
	return list
}

// due checks that the store finds the soonest deadline of all orders.
func (f *fixture) due() {
	f.Helper()
	var want time.Time
	if list := f.waiting(start.AddDate(100, 0, 0)); len(list) > 0 {
		want = list[0].NextDeadline()
	}
	due, err := f.Deadlines.NextDeadline(f.Context())
	f.must(err)
	if !due.Equal(want) {
		f.Errorf("the next deadline is %s, want %s", due, want)
	}
}

func nextDeadline(f *fixture) {
	f.due()
	f.place("a", "eva", time.Hour)
	f.place("b", "otto", time.Hour)
	f.due()
	for _, step := range []struct {
		id      string
		command order.Command
		at      time.Duration
	}{
		{"a", work, 0},
		{"b", work, -time.Hour}, // sooner than the first
		{"b", order.Command{Action: order.ExtendReview, By: order.Buyer, Days: 1}, 0},
		{"a", order.Command{Action: order.RequestChanges, By: order.Buyer, Message: "longer"}, 0},
		{"a", order.Command{Action: order.ProposeCancellation, By: order.Seller}, time.Hour},
		{"a", order.Command{Action: order.AgreeCancellation, By: order.Buyer}, 2 * time.Hour},
		{"b", work, 2 * time.Hour},
		{"b", order.Command{Action: order.Accept, By: order.Buyer}, 3 * time.Hour},
	} {
		f.do(step.id, step.command, start.Add(step.at))
		f.due()
	}
}

// advanceDue advances seven orders of two sellers, two per call. Five complete, two
// of them at the same moment; the reviews of the others end soon.
func advanceDue(f *fixture) {
	p := order.DefaultPolicy()
	for i, at := range []time.Duration{0, 1, 1, 3, 4, 5, 6} {
		id := fmt.Sprint("o", i)
		f.place(id, []string{"eva", "otto"}[i%2], time.Hour)
		f.do(id, work, start.Add(at*time.Hour))
	}
	now := start.Add(p.ReviewPeriod + 4*time.Hour) // exactly the fifth's deadline
	events, rounds := len(f.events(store.EventQuery{})), 0
	for {
		list := f.waiting(now)
		n, err := f.Deadlines.AdvanceDue(f.Context(), now, p, 2)
		f.must(err)
		f.same("how many changed", n, min(2, len(list)))
		if n == 0 {
			break
		}
		rounds++
		for _, o := range list {
			got := f.get(o.ID)
			if got.NextDeadline().Equal(o.NextDeadline()) {
				continue // not in this call
			}
			happened := o.Advance(now, p)
			events += len(happened)
			if !order.Quiet(happened) {
				o.Version++
			}
			f.same("the order "+o.ID, got, o)
		}
		if still := f.waiting(now); len(still) != len(list)-n || len(still) > 0 && still[0].NextDeadline().Before(list[n-1].NextDeadline()) {
			f.Errorf("of %d orders that were due %d changed and %d are left, or not the soonest changed", len(list), n, len(still))
		}
	}
	if rounds < 4 {
		f.Errorf("seven orders were changed in %d rounds of two", rounds)
	}
	for i, want := range []order.Status{
		order.Completed, order.Completed, order.Completed, order.Completed, order.Completed, order.Delivered, order.Delivered,
	} {
		f.same(fmt.Sprint("the status of ", i), f.get(fmt.Sprint("o", i)).Status, want)
	}
	f.due()
	f.gapless(events)
	n, err := f.Deadlines.AdvanceDue(f.Context(), now.Add(-1000*time.Hour), p, 10)
	f.must(err)
	f.same("how many change when the clock went back", n, 0)
}

// advanceMoment advances an order once, after an outage in which a proposal to cancel
// lapsed, the order completed and its payment cleared.
func advanceMoment(f *fixture) {
	p := order.DefaultPolicy()
	f.place("first", "eva", time.Hour)
	f.do("first", work, start)
	f.do("first", order.Command{Action: order.ProposeCancellation, By: order.Buyer}, start.Add(time.Hour))
	n, err := f.Deadlines.AdvanceDue(f.Context(), start.Add(10_000*time.Hour), p, 10)
	f.must(err)
	f.same("how many changed", n, 1)
	lapse := start.Add(time.Hour + order.ProposalLapses)
	end := lapse.Add(order.LeftAfterProposal)
	o := f.get("first")
	if o.Status != order.Completed || !o.CompletedAt.Equal(end) || !o.ClearsAt.Equal(end.Add(p.ClearingPeriod)) {
		f.Errorf("the order is %s since %s and clears at %s; want completed since %s", o.Status, o.CompletedAt, o.ClearsAt, end)
	}
	f.same("the version", o.Version, 4) // one more for all events together
	log := f.events(store.EventQuery{After: 3})
	f.same("what was logged", types(log), []order.EventType{order.CancellationLapsed, order.OrderCompleted, order.PaymentCleared})
	f.same("when", []time.Time{log[0].At, log[1].At, log[2].At}, []time.Time{lapse, end, o.ClearsAt})
	f.due()
}
