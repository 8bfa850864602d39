package backend_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

// 5,000 orders fell due while the server was down, no two at the same time.
const outage = 5_000

func fellDue(i int) time.Time {
	return lifeBegins.Add(-time.Duration(i*7919%outage+1) * 7 * time.Second)
}

// afterAnOutage starts the server and returns once the last order is complete.
func afterAnOutage(t testing.TB, house household) *visit {
	t.Helper()
	v := goThere(t, house.dir, house, func() time.Time { return lifeBegins })
	for {
		s, err := v.eva.Summary(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if s.Completed == outage {
			return v
		}
		if s.Completed+s.Delivered != outage {
			t.Fatalf("%+v", s)
		}
	}
}

// Each order is completed at its own deadline, once, and no reminder comes for
// what is over.
func TestAnOutage(t *testing.T) {
	house := keepHouse(t)
	orders := stock(t, house.dir, house, outage, fellDue)
	v := afterAnOutage(t, house)
	report, err := v.Check(t.Context())
	if err != nil || len(report.Problems) > 0 {
		t.Errorf("check: %q, %v", report.Problems, err)
	}
	for _, i := range []int{0, 1, outage / 2, outage - 1} {
		o, err := v.eva.Order(t.Context(), orders[i].ID)
		if err != nil || o.Status != order.Completed || o.CompletedBy != order.ByReviewPeriod || !o.CompletedAt.Equal(fellDue(i)) {
			t.Errorf("order %d, due at %s: %+v, %v", i, fellDue(i), o, err)
		}
	}
	v.leave()
	s, err := bolt.Open(filepath.Join(house.dir, "handover.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	events, err := s.EventLog.Events(t.Context(), store.EventQuery{Limit: 10 * outage})
	if err != nil || len(events) != 2*outage {
		t.Fatalf("%d events, %v; want a delivery and a completion of each", len(events), err)
	}
	ends := map[string]time.Time{}
	for i, o := range orders {
		ends[o.ID] = fellDue(i)
	}
	for _, e := range events[outage:] {
		if e.Type != order.OrderCompleted || e.By != order.Clock || !e.At.Equal(ends[e.Order]) || !e.ClearsAt.Equal(e.At.Add(order.DefaultPolicy().ClearingPeriod)) {
			t.Errorf("an order that was due at %s: %+v", ends[e.Order], e)
		}
		delete(ends, e.Order)
	}
	if len(ends) > 0 {
		t.Errorf("%d orders were not completed", len(ends))
	}
}

// BenchmarkOutage is from the start to the completion of the last of 5,000
// orders.
func BenchmarkOutage(b *testing.B) {
	house := keepHouse(b)
	stock(b, house.dir, house, outage, fellDue)
	was := house.dir
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		house.dir = copied(b, was, "")
		b.StartTimer()
		began := time.Now()
		v := afterAnOutage(b, house)
		took = append(took, time.Since(began))
		v.leave()
	}
	report(b, "all-completed-", took)
}

// BenchmarkDeadlineLag is how long after its deadline a seller hears that an
// order is complete, while the server runs: 500 orders, 4 ms apart.
func BenchmarkDeadlineLag(b *testing.B) {
	const many = 500
	house := keepHouse(b)
	was := house.dir
	var lags []time.Duration
	for b.Loop() {
		house.dir = copied(b, was, "")
		began := time.Now()
		now := func() time.Time { return lifeBegins.Add(time.Since(began)) }
		first := lifeBegins.Add(2 * time.Second)
		stock(b, house.dir, house, many, func(i int) time.Time { return first.Add(time.Duration(i) * 4 * time.Millisecond) })
		v := goThere(b, house.dir, house, now)
		ctx, stop := context.WithCancel(b.Context())
		heard := 0
		_ = v.eva.Events(ctx, "0", func(string) {}, func(_ string, e order.Event) {
			if e.Type == order.OrderCompleted {
				lags = append(lags, now().Sub(e.At))
				if heard++; heard == many {
					stop()
				}
			}
		})
		stop()
		if heard < many {
			b.Fatalf("heard of %d", heard)
		}
		v.leave()
	}
	report(b, "lag-", lags)
}
