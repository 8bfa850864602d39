package bolt_test

import (
	"testing"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

func TestReadingsAreNotedOnceAndQuietly(t *testing.T) {
	c := openTill(t)
	c.place(t, "o1", "s1", euro(1))
	c.try(t, "o1", order.Deliver, order.Seller)
	before, err := c.Order(t.Context(), "o1")
	if err != nil {
		t.Fatal(err)
	}
	changed := c.Changed()
	read := order.Reading{Order: "o1", Delivery: 1, At: t0.Add(time.Hour)}
	for range 2 {
		err := c.NoteReadings(t.Context(), []order.Reading{
			read, read, {Order: "none", Delivery: 1, At: t0}, {Order: "o1", Delivery: 7, At: t0}, {Order: "o1", Delivery: 1, File: "none", At: t0},
		}, policy)
		if err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-changed:
	default:
		t.Error("nobody was told")
	}
	o, err := c.Order(t.Context(), "o1")
	if err != nil || !o.Deliveries[0].OpenedAt.Equal(read.At) {
		t.Fatalf("%+v, %v", o, err)
	}
	if o.Version != before.Version {
		t.Errorf("reading made version %d out of %d", o.Version, before.Version)
	}
	events, err := c.Events(t.Context(), store.EventQuery{OrderID: "o1", Limit: 10})
	if err != nil || len(events) != 3 || events[2].Type != order.DeliveryOpened {
		t.Errorf("%+v, %v", events, err)
	}
}

func TestRemindersLeaveTheVersion(t *testing.T) {
	c := openTill(t)
	c.place(t, "o1", "s1", euro(1)) // due in 48 h
	c.wait(t, 25*time.Hour)
	if o, err := c.Order(t.Context(), "o1"); err != nil || o.Version != 1 || o.DueReminded.IsZero() {
		t.Errorf("version %d, %+v, %v", o.Version, o, err)
	}
	c.try(t, "o1", order.Deliver, order.Seller)
	if o, err := c.Order(t.Context(), "o1"); err != nil || o.Version != 2 {
		t.Errorf("version %d after the delivery, %v", o.Version, err)
	}
}

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
		_, err := c.Change(t.Context(), store.Change{Order: "o1", Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
			return o.Apply(command, t0, p)
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if due, err := c.NextDeadline(t.Context()); err != nil || !due.After(t0.Add(2_000_000*time.Hour)) {
		t.Errorf("waits for %s, %v", due, err)
	}
}
