package alerts_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"handover/app/internal/alerts"
	"handover/backend/api"
	"handover/backend/order"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// seller is told of what happens.
type seller struct {
	*alerts.Alerts
	off     alerts.Kind
	looksAt string
	shown   []string
}

// run calls f in a bubble, with alerts that run.
func run(t *testing.T, f func(*seller)) {
	synctest.Test(t, func(t *testing.T) {
		s := &seller{}
		s.Alerts = alerts.New(alerts.Options{
			Complete: func(_ context.Context, n alerts.News) (alerts.News, bool) {
				n.Title, n.Buyer = "Film "+n.Order, "Bea"
				return n, n.Order != "unknown"
			},
			Wanted:   func(n alerts.News) bool { return n.Kind != s.off && n.Order != s.looksAt },
			Language: func() string { return "en" },
			Show:     func(a alerts.Alert) { s.shown = append(s.shown, a.Title) },
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); s.Run(ctx) }()
		f(s)
		cancel()
		<-done
	})
}

func (s *seller) expect(t *testing.T, want ...string) {
	t.Helper()
	time.Sleep(10 * time.Second)
	synctest.Wait()
	if !slices.Equal(s.shown, want) {
		t.Errorf("shown: %q, want %q", s.shown, want)
	}
	s.shown = nil
}

func message(id string) order.Event {
	return order.Event{Order: id, Type: order.MessageWritten, By: order.Buyer, Message: "Hello", At: time.Now()}
}

func TestTold(t *testing.T) {
	run(t, func(s *seller) {
		s.Hear(message("a"))
		s.expect(t, "Bea writes about “Film a”")
		s.expect(t)
		s.Hear(message("unknown"))
		s.Hear(order.Event{Type: order.WorkDelivered, By: order.Seller})
		s.expect(t)
	})
}

func TestNotWanted(t *testing.T) {
	run(t, func(s *seller) {
		s.looksAt = "a"
		s.Hear(message("a"))
		s.Hear(message("b"))
		s.expect(t, "Bea writes about “Film b”")
		s.looksAt, s.off = "", alerts.Message
		s.Hear(message("a"))
		s.Hear(order.Event{Order: "a", Type: order.OrderCompleted, By: order.Buyer})
		s.expect(t, "Bea accepted “Film a”")
	})
}

// After an outage much comes at once; it is told once.
func TestOutage(t *testing.T) {
	run(t, func(s *seller) {
		for i := range 50 {
			s.Hear(message(fmt.Sprint(i % 7)))
			time.Sleep(20 * time.Millisecond)
		}
		s.expect(t, "50 updates on 7 orders")
		for range 1200 {
			s.Hear(message("a"))
		}
		s.expect(t, "1000 updates on “Film a”")
	})
}

// What comes without an end is told all the same.
func TestSteadyNews(t *testing.T) {
	run(t, func(s *seller) {
		for i := range 9 {
			s.Hear(message(fmt.Sprint(i)))
			time.Sleep(900 * time.Millisecond)
		}
		synctest.Wait()
		if len(s.shown) == 0 {
			t.Error("nothing was told for 8 s")
		}
	})
}

func TestHold(t *testing.T) {
	run(t, func(s *seller) {
		release := s.Hold()
		s.Hear(message("a"))
		old := message("b")
		time.Sleep(time.Second)
		release()
		s.Hear(old)
		s.expect(t)
		s.Hear(message("c"))
		s.expect(t, "Bea writes about “Film c”")
	})
}

func TestNear(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	told := alerts.Told{}
	due := func(id string, in time.Duration, status order.Status) api.Order {
		return api.Order{ID: id, Title: id, DueAt: now.Add(in), Status: status}
	}
	orders := []api.Order{
		due("far", 25*time.Hour, order.Active), due("day", 24*time.Hour, order.Active), due("soon", time.Hour, order.InRevision),
		due("late", -time.Second, order.Active), due("delivered", time.Hour, order.Delivered), due("done", time.Hour, order.Completed),
	}
	near := func(want ...string) {
		t.Helper()
		var got []string
		for _, n := range told.Near(orders, now) {
			got = append(got, fmt.Sprintf("%s %s", n.Order, n.Left))
		}
		if !slices.Equal(got, want) {
			t.Errorf("near: %q, want %q", got, want)
		}
	}
	near("day 24h0m0s", "soon 1h0m0s")
	near()
	now = now.Add(2 * time.Hour)
	near("far 23h0m0s")
	now = now.Add(20 * time.Hour)
	near("day 2h0m0s")
	near()
	// A due date that moved counts anew.
	orders[1].DueAt = now.Add(23 * time.Hour)
	near("day 23h0m0s")
	// What is delivered is forgotten, and told again once it is owed again.
	orders[1].Status = order.Delivered
	near()
	if len(told) != 1 {
		t.Errorf("noted: %v", told)
	}
	orders[1].Status = order.InRevision
	near("day 23h0m0s")
}
