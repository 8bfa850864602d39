package storetest

import (
	"fmt"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

func (f *fixture) due(want time.Time) {
	f.Helper()
	due, err := f.NextDeadline(f.Context())
	f.must(err)
	if !due.Equal(want) {
		f.Errorf("the next deadline is %s, want %s", due, want)
	}
}

func nextDeadline(f *fixture) {
	const review = 72 * time.Hour
	f.due(time.Time{})
	f.place("a", "eva", time.Hour)
	f.place("b", "otto", time.Hour)
	f.due(time.Time{})
	f.do("a", work, start)
	f.due(start.Add(review))
	f.do("b", work, start.Add(-time.Hour))
	f.due(start.Add(review - time.Hour))
	f.do("b", order.Command{Action: order.ExtendReview, By: order.Buyer, Days: 1}, start)
	f.due(start.Add(review))
	f.do("a", order.Command{Action: order.RequestChanges, By: order.Buyer, Message: "longer"}, start)
	f.due(start.Add(review + 23*time.Hour))
	f.do("a", order.Command{Action: order.ProposeCancellation, By: order.Seller}, start.Add(time.Hour))
	f.due(start.Add(time.Hour + order.ProposalLapses))
	f.do("a", order.Command{Action: order.AgreeCancellation, By: order.Buyer}, start.Add(2*time.Hour))
	f.due(start.Add(review + 23*time.Hour))
	f.do("b", order.Command{Action: order.Accept, By: order.Buyer}, start)
	f.due(time.Time{})
}

// elapse has seven orders of two sellers, of which five are due, two of them at
// the same moment.
func elapse(f *fixture) {
	p := order.DefaultPolicy()
	for i, at := range []time.Duration{0, 1, 1, 3, 4, 5, 6} {
		id := fmt.Sprint("o", i)
		f.place(id, []string{"eva", "otto"}[i%2], time.Hour)
		f.do(id, work, start.Add(at*time.Hour))
	}
	now := start.Add(p.ReviewPeriod + 4*time.Hour) // exactly the fifth's deadline
	var changed []int
	for range 4 {
		n, err := f.Elapse(f.Context(), now, p, 2)
		f.must(err)
		changed = append(changed, n)
	}
	f.same("how many changed", changed, []int{2, 2, 1, 0})
	for i, want := range []order.Status{
		order.Completed, order.Completed, order.Completed, order.Completed, order.Completed, order.Delivered, order.Delivered,
	} {
		f.same(fmt.Sprint("the status of ", i), f.get(fmt.Sprint("o", i)).Status, want)
	}
	f.due(start.Add(p.ReviewPeriod + 5*time.Hour))
	f.gapless(7 + 7 + 5)
	n, err := f.Elapse(f.Context(), now.Add(-1000*time.Hour), p, 10)
	f.must(err)
	f.same("how many change when the clock went back", n, 0)
}

// elapseMoment has a proposal to cancel lapse and the order complete, both
// during one outage.
func elapseMoment(f *fixture) {
	p := order.DefaultPolicy()
	f.place("first", "eva", time.Hour)
	f.do("first", work, start)
	f.do("first", order.Command{Action: order.ProposeCancellation, By: order.Buyer}, start.Add(time.Hour))
	n, err := f.Elapse(f.Context(), start.Add(10_000*time.Hour), p, 10)
	f.must(err)
	f.same("how many changed", n, 1)
	lapse := start.Add(time.Hour + order.ProposalLapses)
	end := lapse.Add(order.LeftAfterProposal)
	o := f.get("first")
	if o.Status != order.Completed || !o.CompletedAt.Equal(end) || !o.ClearsAt.Equal(end.Add(p.ClearingPeriod)) {
		f.Errorf("the order is %s since %s and clears at %s; want completed since %s", o.Status, o.CompletedAt, o.ClearsAt, end)
	}
	f.same("the version", o.Version, 4) // one more for both
	log := f.events(store.EventQuery{After: 3})
	f.same("what was logged", types(log), []order.EventType{order.CancellationLapsed, order.OrderCompleted})
	f.same("when", []time.Time{log[0].At, log[1].At}, []time.Time{lapse, end})
	f.due(time.Time{})
}
