package order_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"handover/backend/order"
)

// Whatever the parties try and however long they wait, the rules hold.
func TestRandomLives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := policy
		p.ReviewFrom = rapid.SampledFrom([]order.ReviewFrom{order.FromDelivery, order.FromDueDate}).Draw(t, "from")
		o, _, err := order.Place(order.Order{
			ID: "o", Title: "x", Buyer: order.Contact{Name: "b", Email: "b@example.org"}, DueAt: t0.Add(48 * time.Hour),
		}, t0)
		if err != nil {
			t.Fatal(err)
		}
		now, completions := t0, 0
		steps := rapid.IntRange(1, 40).Draw(t, "steps")
		for range steps {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(60*time.Hour)).Draw(t, "wait")))
			before := o
			c := command(
				rapid.SampledFrom(order.Actions()).Draw(t, "action"),
				rapid.SampledFrom([]order.Party{order.Seller, order.Buyer, order.Clock}).Draw(t, "by"),
			)
			title := rapid.SampledFrom([]string{"x", "y", ""}).Draw(t, "title")
			c.Edit.Title = &title
			c.Days = rapid.IntRange(-1, 8).Draw(t, "days")
			events, err := o.Apply(c, now, p)
			for _, e := range events {
				if e.Type == order.OrderCompleted {
					completions++
				}
			}
			if err != nil && len(events) == 0 && !cmp.Equal(before, o) {
				t.Fatalf("refused with %v, but changed:\n%s", err, cmp.Diff(before, o))
			}
			checkInvariants(t, before, o, now, completions)
		}
	})
}

func checkInvariants(t *rapid.T, before, o order.Order, now time.Time, completions int) {
	if final(before) && !cmp.Equal(before, o) {
		t.Fatalf("a final order changed:\n%s", cmp.Diff(before, o))
	}
	if faults := o.Faults(); len(faults) > 0 {
		t.Fatal(faults)
	}
	if completions > 1 || (o.Status == order.Completed) != (completions == 1) {
		t.Fatalf("%d completions, status %s", completions, o.Status)
	}
	if o.CompletedAt.After(now) {
		t.Fatalf("status %s, completed at %s", o.Status, o.CompletedAt)
	}
	if final(o) && !o.NextDeadline().IsZero() {
		t.Fatalf("a final order waits for something: %+v", o)
	}
	if due := o.NextDeadline(); !due.IsZero() && !due.After(now) {
		t.Fatalf("the deadline %s passed unnoticed at %s", due, now)
	}
	if grown := len(o.Deliveries) - len(before.Deliveries); grown != 0 && grown != 1 {
		t.Fatalf("%d deliveries became %d", len(before.Deliveries), len(o.Deliveries))
	}
}

func final(o order.Order) bool {
	return o.Status == order.Completed || o.Status == order.Cancelled
}
