package httpapi_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/order"
)

// What fell due while the server was down happens at its own moment when it is
// up again, once, whatever the clock does; what makes no sense any more does
// not.
func TestRemindersAfterAnOutage(t *testing.T) {
	s := openShop(t)
	o, _ := s.sell("Due in 120 h", "1.00")
	p, _ := s.sell("Reviewed for 72 h", "1.00")
	s.deliver(p.ID)
	restart := func(wait time.Duration) {
		s.close()
		s.wait(wait)
		s.open()
		s.seller = s.signedIn("eva@example.org")
	}
	restart(100 * time.Hour)
	events := s.followFrom("0")
	s.next(events, order.OrderCompleted)
	for range 2 {
		restart(-90 * time.Hour)
		restart(90 * time.Hour)
	}
	restart(400 * time.Hour)

	type happened struct {
		Order string
		Type  order.EventType
		After time.Duration
	}
	var got []happened
	events = s.followFrom("0")
	for len(got) == 0 || got[len(got)-1].Type != order.PaymentCleared {
		e := s.next(events, "")
		got = append(got, happened{e.Order, e.Type, e.At.Sub(opening)})
	}
	want := []happened{
		{o.ID, order.OrderPlaced, 0}, {p.ID, order.OrderPlaced, 0}, {p.ID, order.WorkDelivered, 0},
		{p.ID, order.OrderCompleted, 72 * time.Hour}, // and no reminder of its review
		{o.ID, order.DueSoon, 96 * time.Hour},
		{p.ID, order.PaymentCleared, (72 + 336) * time.Hour},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
