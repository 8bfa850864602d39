package backend_test

import (
	"context"
	"math"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"handover/backend"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// finish compares all that was heard and stored.
func (w *world) finish() {
	w.settle()
	for _, s := range w.streams {
		if s.of != nil && s.of.ReviewRevoked {
			w.renew(s.of)
		}
	}
	w.await()
	for _, s := range w.streams {
		w.resume(s, math.MaxInt64)
		for began := time.Now(); int(s.many.Load()) < w.audible(s) && time.Since(began) < tooLong && !s.ended(); {
			time.Sleep(time.Millisecond) // another process may be at the other end
		}
	}
	w.cut()
	err := w.stop()
	w.address = ""
	if err != nil {
		w.Fatal(err)
	}
	w.check()
	w.compareStored()
}

// audible says how many events a stream has to have heard.
func (w *world) audible(s *stream) (n int) {
	for _, l := range w.orders {
		for _, e := range l.log {
			if _, ok := w.audibleIn(s, l, e); ok {
				n++
			}
		}
	}
	return n
}

func (w *world) audibleIn(s *stream, l *lived, e order.Event) (order.Event, bool) {
	if s.of == nil {
		return e, l.seller == w.house.sellers[0]
	}
	e, ok := e.For(order.Buyer)
	return e, ok && l == s.of
}

func (w *world) check() {
	server, err := backend.New(lifeConfig(w.dir, func() time.Time { return w.now }))
	if err != nil {
		w.Fatal(err)
	}
	report, err := server.Check(context.Background())
	if err != nil || len(report.Problems) > 0 || report.Orders != len(w.orders) {
		w.Errorf("check: %s, %q, %v", report, report.Problems, err)
	}
	if err := server.Close(context.Background()); err != nil {
		w.Fatal(err)
	}
}

// compareStored opens the store and compares it with its log, the log with the
// model and with what the streams have heard.
func (w *world) compareStored() {
	s, err := openRecords(w.dir)
	if err != nil {
		w.Fatal(err)
	}
	defer s.Close()
	log, err := s.EventLog.Events(context.Background(), store.EventQuery{Limit: math.MaxInt})
	if err != nil {
		w.Fatal(err)
	}
	byID := cmpopts.SortSlices(func(a, b order.File) bool { return a.ID < b.ID })
	heard := make([][]order.Event, len(w.streams))
	of := map[string][]order.Event{}
	for _, e := range log {
		of[e.Order] = append(of[e.Order], e)
		l := w.find(e.Order)
		for i, s := range w.streams {
			if e, ok := w.audibleIn(s, l, e); ok {
				heard[i] = append(heard[i], e)
			}
		}
	}
	for i, s := range w.streams {
		if diff := cmp.Diff(heard[i], s.heard); diff != "" {
			w.Errorf("stream %d (-log +heard):\n%s", i, diff)
		}
	}
	for _, l := range w.orders {
		o, err := s.Orders.Order(context.Background(), l.ID)
		if err != nil {
			w.Fatal(err)
		}
		if diff := cmp.Diff(l.log, of[l.ID], cmpopts.IgnoreFields(order.Event{}, "Seq")); diff != "" {
			w.Errorf("the log of order %s (-rules +stored):\n%s", l.ID, diff)
		}
		if diff := cmp.Diff(l.Order, o, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(order.Order{}, "Version", "ReviewHash"), cmpopts.IgnoreFields(order.File{}, "Type")); diff != "" {
			w.Errorf("order %s (-rules +stored):\n%s", l.ID, diff)
		}
		if diff := cmp.Diff(told(o), told(replay(l.terms, of[l.ID])), byID); diff != "" {
			w.Errorf("order %s (-stored +replayed):\n%s", l.ID, diff)
		}
	}
}

func (w *world) find(id string) *lived {
	for _, l := range w.orders {
		if l.ID == id {
			return l
		}
	}
	w.Fatalf("there is an order %s that nobody placed", id)
	return nil
}
