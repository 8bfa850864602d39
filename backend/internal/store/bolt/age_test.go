package bolt_test

import (
	"testing"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// A clearing period that ends beyond what the index can count is only late.
func TestADeadlineInAnotherAge(t *testing.T) {
	c := openTill(t)
	c.place(t, "o1", "s1", euro(1))
	p := policy
	p.ClearingPeriod = 2_500_000 * time.Hour // 285 years
	for _, command := range []order.Command{
		{Action: order.Deliver, By: order.Seller, Work: order.Work{Description: "d", ConfirmNoFiles: true}},
		{Action: order.Accept, By: order.Buyer},
	} {
		_, err := c.Orders.Change(t.Context(), store.Change{Order: "o1", Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
			return o.Apply(command, t0, p)
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if due, err := c.Deadlines.NextDeadline(t.Context()); err != nil || !due.After(t0.Add(2_000_000*time.Hour)) {
		t.Errorf("waits for %s, %v", due, err)
	}
}
