package activity_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"handover/backend/internal/activity"
	"handover/backend/order"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// slow is a store whose transactions the test lets begin one by one.
type slow struct {
	begun, end chan struct{}
	fail       error

	mu      sync.Mutex
	batches [][]order.View
}

func newSlow() *slow { return &slow{begun: make(chan struct{}), end: make(chan struct{})} }

func (s *slow) RecordViews(_ context.Context, readings []order.View, _ order.Policy) error {
	s.begun <- struct{}{}
	<-s.end
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = append(s.batches, readings)
	return s.fail
}

func (s *slow) one() {
	<-s.begun
	s.end <- struct{}{}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func readingOf(i int) order.View { return order.View{Order: fmt.Sprint("o", i), Delivery: 1} }

func TestNobodyWaitsForTheStore(t *testing.T) {
	s := newSlow()
	r := activity.New(s, order.DefaultPolicy(), quiet())
	r.Note(readingOf(0))
	<-s.begun // the store is busy with the first
	for i := 1; i <= 300; i++ {
		r.Note(readingOf(i))
	}
	s.end <- struct{}{}
	s.one()
	closed := make(chan struct{})
	go func() { r.Close(); close(closed) }()
	s.one()
	<-closed
	if n := []int{len(s.batches[0]), len(s.batches[1]), len(s.batches[2])}; n[0] != 1 || n[1] != 256 || n[2] != 44 {
		t.Errorf("batches of %v", n)
	}
	seen := 0
	for _, b := range s.batches {
		for _, got := range b {
			if got != readingOf(seen) {
				t.Fatalf("reading %d is %+v", seen, got)
			}
			seen++
		}
	}
}

func TestAFullQueueDropsAndTheRecorderGoesOn(t *testing.T) {
	s := newSlow()
	r := activity.New(s, order.DefaultPolicy(), quiet())
	r.Note(readingOf(0))
	<-s.begun
	for i := range 10_000 { // returns, although nothing is taken
		r.Note(readingOf(i))
	}
	go func() {
		s.end <- struct{}{}
		for range s.begun {
			s.end <- struct{}{}
		}
	}()
	r.Close()
	close(s.begun)
	n := 0
	for _, b := range s.batches {
		n += len(b)
	}
	if n != 1+4_096 {
		t.Errorf("%d were written", n)
	}
	r.Note(readingOf(1)) // after Close: lost, but no harm
}

func TestAFaultIsNotTheEnd(t *testing.T) {
	s := newSlow()
	s.fail = errors.New("disk full")
	r := activity.New(s, order.DefaultPolicy(), quiet())
	for i := range 3 {
		r.Note(readingOf(i))
		s.one()
	}
	r.Close()
	if len(s.batches) != 3 {
		t.Errorf("%d batches", len(s.batches))
	}
}
