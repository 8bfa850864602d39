package desk_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/desk"
	"handover/app/internal/draft"
)

// silence has the line accept every request from now on and answer none until
// the test ends. The returned counter is how many requests are being held.
func (s *seller) silence(t *testing.T) *atomic.Int64 {
	t.Helper()
	held, end := new(atomic.Int64), make(chan struct{})
	s.line.fault(func(_ http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		held.Add(1)
		defer held.Add(-1)
		select {
		case <-end:
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	})
	s.line.CloseClientConnections()
	t.Cleanup(func() { close(end) })
	return held
}

// promptly fails when the work waits for the network: a request to a silent
// server takes 30 seconds.
func promptly(t *testing.T, name string, work func() error) {
	t.Helper()
	begin := time.Now()
	if err := work(); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("%s took %s", name, took)
	}
}

func drafted(_ draft.Draft, err error) error { return err }

// Changing a draft and opening a known order do not wait for a server that
// accepts connections and never answers.
func TestLocalWorkWaitsForNobody(t *testing.T) {
	for name, option := range map[string]func(*desk.Options){
		"in a window":  background,
		"in a command": func(*desk.Options) {},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSeller(t)
			d := s.open(t, option)
			s.first(t, d, "a.txt", "b.txt")
			held := s.silence(t)
			promptly(t, "open the order", func() error {
				o, _, _, err := d.Orders.Order(t.Context(), s.order)
				if err == nil && len(o.Deliveries) != 1 {
					t.Errorf("the order has %d deliveries", len(o.Deliveries))
				}
				return err
			})
			c, _ := s.file(t, "c.txt", 1000)
			promptly(t, "attach", func() error {
				_, _, err := d.Attach(t.Context(), s.order, []string{c})
				return err
			})
			promptly(t, "take over", func() error { return drafted(d.TakeOver(t.Context(), s.order, 1, nil)) })
			promptly(t, "describe", func() error { return drafted(d.Describe(s.order, "The second.")) })
			promptly(t, "attach a link", func() error { return drafted(d.AttachLink(s.order, "https://example.org/film", "")) })
			promptly(t, "detach a link", func() error { return drafted(d.DetachLink(s.order, "https://example.org/film")) })
			promptly(t, "arrange", func() error { return drafted(d.Arrange(s.order, []string{"c.txt", "a.txt"})) })
			promptly(t, "detach", func() error { return drafted(d.Detach(s.order, "c.txt")) })
			if name == "in a window" {
				promptly(t, "undo", func() error { return drafted(d.Restore(t.Context(), s.order, "c.txt")) })
				until(t, "the server is asked in the background", func() bool { return held.Load() > 0 })
			}
			promptly(t, "discard", func() error { return drafted(d.Discard(s.order)) })
			promptly(t, "close", d.Close)
		})
	}
}

// An order that was opened is asked for in the background, and a reader is told
// when it is no longer as it was shown.
func TestAnOpenedOrderIsRefreshed(t *testing.T) {
	s := newSeller(t)
	var asked atomic.Int64
	told := make(chan struct{}, 100)
	d := s.open(t, background, func(o *desk.Options) {
		o.Listen = func(c change.Change) {
			if c.Kind == change.Order && c.Order == s.order {
				told <- struct{}{}
			}
		}
	})
	s.first(t, d, "a.txt")
	s.line.fault(func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if is(r, "GET", "/orders/"+s.order) {
			asked.Add(1)
		}
		if is(r, "GET", "/events") {
			panic(http.ErrAbortHandler) // so that only the refresh can tell
		}
		return false
	})
	s.line.CloseClientConnections()
	if _, err := s.buyer.Review(s.order).Accept(t.Context()); err != nil {
		t.Fatal(err)
	}
	until(t, "the page shows that the order is completed", func() bool {
		o, _, _, err := d.Orders.Order(t.Context(), s.order)
		if err != nil {
			t.Fatal(err)
		}
		if o.CompletedAt != nil {
			return true
		}
		d.Orders.RefreshLater(s.order)
		<-told
		return false
	})
	if n := asked.Load(); n > 4 {
		t.Errorf("the order was asked for %d times", n)
	}
}
