package deadline_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// happened is an event with how long after the order's beginning it was.
type happened struct {
	Type  order.EventType
	After time.Duration
}

func (r *rig) log(id string) []happened {
	r.Helper()
	events, err := r.Events(r.Context(), store.EventQuery{OrderID: id, Limit: 100})
	if err != nil {
		r.Fatal(err)
	}
	var log []happened
	for _, e := range events {
		log = append(log, happened{e.Type, e.At.Sub(events[0].At)})
	}
	return log
}

func (r *rig) logged(id string, want ...happened) {
	r.Helper()
	if diff := cmp.Diff(want, r.log(id)); diff != "" {
		r.Errorf("at %s (-want +got):\n%s", r.now(), diff)
	}
}

func TestRemindsAndClearsAtTheMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		defer r.run(nil)()
		r.deliver("first") // due in an hour: no reminder of that
		want := []happened{{order.OrderPlaced, 0}, {order.WorkDelivered, 0}}
		for _, next := range []happened{
			{order.ReviewEndsSoon, 48 * time.Hour}, {order.OrderCompleted, 72 * time.Hour}, {order.PaymentCleared, (72 + 336) * time.Hour},
		} {
			sleep(next.After - want[len(want)-1].After - 1)
			r.logged("first", want...)
			sleep(1)
			want = append(want, next)
			r.logged("first", want...)
		}
		r.set(-400 * time.Hour)
		sleep(800 * time.Hour)
		r.logged("first", want...)
	})
}

func TestRemindsAfterAnOutage(t *testing.T) {
	for _, tc := range []struct {
		name string
		down time.Duration
		want []happened
	}{
		{"over the reminder", 60 * time.Hour, []happened{{order.ReviewEndsSoon, 48 * time.Hour}}},
		{"over the end, too", 100 * time.Hour, []happened{{order.OrderCompleted, 72 * time.Hour}}},
		{"over everything", 1000 * time.Hour, []happened{{order.OrderCompleted, 72 * time.Hour}, {order.PaymentCleared, (72 + 336) * time.Hour}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.deliver("first")
				want := append(r.log("first"), tc.want...)
				sleep(tc.down)
				for range 2 { // the second start finds nothing to do
					stop := r.run(nil)
					synctest.Wait()
					stop()
					r.logged("first", want...)
				}
			})
		})
	}
}
