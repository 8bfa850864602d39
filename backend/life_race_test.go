package backend_test

import (
	"sync"
	"testing"
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// The buyer answers in the moment in which the review ends: exactly one of them
// wins, whoever comes second is refused, and the history says who it was.
func TestTheBuyerAgainstTheDeadline(t *testing.T) {
	s := newSite(t)
	bell := s.order(active)
	orders := make([]placed, 16)
	for i := range orders {
		orders[i] = s.order(delivered)
	}
	s.clock.pass(order.DefaultPolicy().ReviewPeriod - time.Nanosecond)

	accepted, changed := make([]answer, len(orders)), make([]answer, len(orders))
	var all sync.WaitGroup
	start := make(chan struct{})
	at := func(f func()) { all.Go(func() { <-start; f() }) }
	for i, p := range orders {
		at(func() { accepted[i] = s.send(request{method: "POST", path: p.path("/accept"), as: p.buyer}) })
		at(func() {
			changed[i] = s.send(request{method: "POST", path: p.path("/changes"), as: p.buyer, body: `{"message":"longer"}`})
		})
	}
	at(func() {
		s.clock.pass(time.Nanosecond)
		s.write(bell, s.eva, "the worker looks at the clock")
	})
	close(start)
	all.Wait()

	for i, p := range orders {
		// Asked after the deadline: where nobody answered before, time has.
		o := s.look(p)
		page := into[api.EventPage](s, s.send(request{method: "GET", path: p.path("/events"), as: s.eva}))
		var ends []order.Event
		for _, e := range page.Events {
			if e.Type == order.OrderCompleted || e.Type == order.ChangesRequested {
				ends = append(ends, e)
			}
		}
		if len(ends) != 1 {
			t.Errorf("order %s has the ends %+v", p.id, ends)
			continue
		}
		e, won := ends[0], 0
		for _, a := range []answer{accepted[i], changed[i]} {
			if a.StatusCode == 200 {
				won++
			} else {
				a.refused(t, 409, order.Conflict)
			}
		}
		switch {
		case e.By == order.Clock && won == 0 && o.CompletedBy == order.ByReviewPeriod && e.At.Equal(*o.CompletedAt):
		case e.By == order.Buyer && e.Type == order.OrderCompleted && won == 1 && accepted[i].StatusCode == 200 && o.CompletedBy == order.ByBuyer:
		case e.By == order.Buyer && e.Type == order.ChangesRequested && won == 1 && changed[i].StatusCode == 200 && o.Status == order.InRevision:
		default:
			t.Errorf("order %s is %s by %q, its history says %+v, accept said %s, changes %s", p.id, o.Status, o.CompletedBy, e, accepted[i].Status, changed[i].Status)
		}
	}
}
