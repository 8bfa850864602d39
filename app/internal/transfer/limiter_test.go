package transfer_test

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"handover/app/internal/transfer"
)

// pump sends through the queue's limit with several uploads for a while, each
// in pieces as a connection takes them, and returns how many bytes went.
func pump(t *testing.T, q *transfer.Queue, uploads int, d time.Duration) int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	var sent atomic.Int64
	done := make(chan struct{})
	for range uploads {
		go func() {
			defer func() { done <- struct{}{} }()
			for {
				n, err := q.Pace(ctx, 32<<10)
				if err != nil {
					return
				}
				sent.Add(int64(n))
			}
		}()
	}
	for range uploads {
		<-done
	}
	return sent.Load()
}

func idle(context.Context, transfer.Item, func(int64)) error { return nil }

func TestLimitHolds(t *testing.T) {
	for _, up := range []int64{transfer.LeastUp, 20_000, 500_000, 2_000_000, 50_000_000} {
		for _, uploads := range []int{1, 3, 16} {
			t.Run(fmt.Sprintf("%d bytes a second, %d uploads", up, uploads), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					q := newQueue(1, idle)
					defer q.Close()
					q.Apply(transfer.Settings{Up: up})
					got := float64(pump(t, q, uploads, 10*time.Second)) / 10
					if math.Abs(got-float64(up)) > 0.05*float64(up) {
						t.Errorf("%.0f bytes a second", got)
					}
				})
			})
		}
	}
}

func TestLimitChangesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, idle)
		defer q.Close()
		q.Apply(transfer.Settings{Up: 1000})
		pump(t, q, 1, 10*time.Second)
		waiting := make(chan time.Duration)
		go func() {
			begin := time.Now()
			for range 3 {
				q.Pace(t.Context(), 1000)
			}
			waiting <- time.Since(begin)
		}()
		synctest.Wait() // for the next half second's bytes
		q.Apply(transfer.Settings{Up: 10_000_000})
		if took := <-waiting; took > 10*time.Millisecond {
			t.Errorf("who waited still waits %s", took)
		}
		if got := pump(t, q, 2, 10*time.Second); got < 95_000_000 || got > 105_000_000 {
			t.Errorf("%d bytes in ten seconds", got)
		}
		q.Apply(transfer.Settings{})
		if n, err := q.Pace(t.Context(), 1<<20); n != 1<<20 || err != nil {
			t.Errorf("without a limit %d bytes go, %v", n, err)
		}
	})
}

func TestAnIdleTimeIsNotMadeUpFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, idle)
		defer q.Close()
		q.Apply(transfer.Settings{Up: 100_000})
		pump(t, q, 1, time.Second)
		time.Sleep(time.Hour)
		if got := pump(t, q, 3, 10*time.Second); got > 1_050_000 {
			t.Errorf("%d bytes in ten seconds", got)
		}
	})
}

func TestScheduleHoldsWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, idle)
		defer q.Close()
		in := time.Now().Local().Add(time.Hour)
		from := transfer.Clock(60*in.Hour() + in.Minute())
		q.Apply(transfer.Settings{Up: 1_000_000, Schedule: []transfer.Span{{From: from, To: (from + 60) % 1440, Up: 100_000}}})
		rate := func() int64 { return pump(t, q, 2, 10*time.Second) / 10 }
		for _, want := range []int64{1_000_000, 100_000, 1_000_000} {
			if got := rate(); got < want*95/100 || got > want*105/100 {
				t.Errorf("%d bytes a second, want %d", got, want)
			}
			time.Sleep(time.Hour + time.Minute)
		}
	})
}

// A line of 1 MB/s: uploads leave it to a call, and take it back afterwards.
func TestYield(t *testing.T) {
	const capacity, base = 1e6, 20 * time.Millisecond
	var y transfer.Yielder
	queued, rate, moved := 2*capacity, 5e6, capacity // the line is full when it begins
	second := func(others float64) (delay time.Duration) {
		queued = min(max(0, queued+rate+others-capacity), 2*capacity)
		delay = time.Duration(queued / capacity * float64(time.Second))
		moved += (min(rate, capacity) - moved) / 4 // as a meter shows it
		rate = y.Next(base+delay, moved)
		return delay
	}
	for range 60 {
		second(0)
	}
	if rate < 0.7*capacity || rate > 1.3*capacity {
		t.Errorf("alone: %.0f", rate)
	}
	for range 60 {
		second(0.8 * capacity)
	}
	worst := time.Duration(0)
	for range 60 {
		worst = max(worst, second(0.8*capacity))
	}
	if rate > 0.4*capacity || worst > 500*time.Millisecond {
		t.Errorf("with others: %.0f, packets wait %s", rate, worst)
	}
	for range 60 {
		second(0)
	}
	if rate < 0.7*capacity {
		t.Errorf("alone again: %.0f", rate)
	}
}

func TestSleep(t *testing.T) {
	for _, tc := range []struct {
		wall, own time.Duration
		want      bool
	}{
		{3 * time.Second, 3 * time.Second, false},
		{8 * time.Hour, 3 * time.Second, true},
		{5 * time.Second, 3 * time.Second, false},   // a clock that was set
		{-8 * time.Hour, 3 * time.Second, false},    // set back
		{10 * time.Minute, 10 * time.Minute, false}, // a busy computer
	} {
		if got := transfer.Sleeping(tc.wall, tc.own); got != tc.want {
			t.Errorf("%+v: %v", tc, got)
		}
	}
}
