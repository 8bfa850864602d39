package metrics_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"handover/backend/internal/metrics"
	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func open(t *testing.T) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "handover.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// deliver places an order and delivers it.
func deliver(t *testing.T, s *bolt.Store, at time.Time) {
	t.Helper()
	o, placed, err := order.Place(order.Order{
		ID: "film", SellerID: "eva", Title: "Film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: at.Add(time.Hour),
	}, at)
	if err == nil {
		_, err = s.Orders.Place(t.Context(), o, placed, "hash")
	}
	if err == nil {
		_, err = s.Orders.Change(t.Context(), store.Change{Order: "film", Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
			work := order.Work{Description: "The film.", ConfirmNoFiles: true}
			return o.Apply(order.Command{Action: order.Deliver, By: order.Seller, Work: work}, at, order.DefaultPolicy())
		}})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// timed joins the parts of the store that are measured.
func timed(s *bolt.Store) metrics.Orders {
	return struct {
		store.Orders
		store.Deadlines
	}{s.Orders, s.Deadlines}
}

func look(m *metrics.Metrics) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	return w
}

// The lag is how long a deadline has waited; one that is to come has not.
func TestDeadlineLag(t *testing.T) {
	s := open(t)
	now := noon
	m := metrics.New(metrics.Config{Orders: timed(s), Now: func() time.Time { return now }})
	wants := func(what, lag string) {
		t.Helper()
		if got := look(m).Body.String(); !strings.Contains(got, "\nhandover_deadline_lag_seconds "+lag+"\n") {
			t.Errorf("%s: no lag of %s in\n%s", what, lag, got)
		}
	}
	wants("no order", "0")
	deliver(t, s, noon)
	wants("before the deadline", "0")
	due, err := s.Deadlines.NextDeadline(t.Context())
	if err != nil || !due.After(noon) {
		t.Fatalf("the deadline is %s, %v", due, err)
	}
	now = due
	wants("at the deadline", "0")
	now = now.Add(90 * time.Second)
	wants("after it", "90")
	if _, err := s.Deadlines.AdvanceDue(t.Context(), now, order.DefaultPolicy(), 10); err != nil {
		t.Fatal(err)
	}
	wants("once it was honoured", "0")
}

func TestWhatWaitsToBeSent(t *testing.T) {
	s := open(t)
	if got := look(metrics.New(metrics.Config{Orders: timed(s), Now: time.Now})).Body.String(); strings.Contains(got, "outbox") {
		t.Error("an outbox that is not there has a depth")
	}
	m := metrics.New(metrics.Config{Orders: timed(s), Now: time.Now, Waiting: func() map[string]int { return map[string]int{"mail": 3, "webhook": 0} }})
	got := look(m).Body.String()
	for _, want := range []string{`handover_outbox_depth{channel="mail"} 3`, `handover_outbox_depth{channel="webhook"} 0`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

// A store that fails hides nothing else.
func TestAStoreThatFails(t *testing.T) {
	s := open(t)
	m := metrics.New(metrics.Config{Orders: timed(s), Now: time.Now})
	m.Answered("/healthz", 200, time.Second)
	s.Close()
	w := look(m)
	if got := w.Body.String(); w.Code != 200 || strings.Contains(got, "handover_orders") || !strings.Contains(got, `handover_http_requests_total{code="200",route="/healthz"} 1`) {
		t.Errorf("%d\n%s", w.Code, got)
	}
}

func TestNamesFollowTheRules(t *testing.T) {
	s := open(t)
	m := metrics.New(metrics.Config{Orders: timed(s), Now: time.Now, Waiting: func() map[string]int { return map[string]int{"mail": 1} }})
	m.Answered("/healthz", 200, time.Second)
	faults, err := promlint.New(look(m).Body).Lint()
	if err != nil || len(faults) > 0 {
		t.Errorf("%v, %v", faults, err)
	}
}
