package transfer

import (
	"context"
	"math"
	"sync"
	"time"
)

// burst is how much of an idle time may be made up for at once. It bounds by
// how much a second can exceed the limit.
const burst = 100 * time.Millisecond

// limiter lets bytes go at a rate that all uploads share. A new rate holds at
// once, for those who wait too.
type limiter struct {
	mu      sync.Mutex
	rate    float64       // bytes a second; +Inf for no limit
	next    time.Time     // when the next byte may go
	changed chan struct{} // closed and replaced with the rate
}

func newLimiter() *limiter {
	return &limiter{rate: math.Inf(1), changed: make(chan struct{})}
}

func (l *limiter) set(rate float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if rate == l.rate {
		return
	}
	l.rate, l.next = rate, time.Time{}
	close(l.changed)
	l.changed = make(chan struct{})
}

// take waits until some of the next n bytes may go, and returns how many.
func (l *limiter) take(ctx context.Context, n int) (int, error) {
	for {
		got, wait, changed := l.try(n, time.Now())
		if got > 0 {
			return got, nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-changed:
		case <-ctx.Done():
			timer.Stop()
			return 0, ctx.Err()
		}
		timer.Stop()
	}
}

// try takes what may go now, or says how long that is and what ends the wait
// early. Pieces are small at low rates, so that uploads take turns and a
// connection never looks stalled.
func (l *limiter) try(n int, now time.Time) (got int, wait time.Duration, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if math.IsInf(l.rate, 1) {
		return n, 0, nil
	}
	if l.next.After(now) {
		return 0, l.next.Sub(now), l.changed
	}
	if earliest := now.Add(-burst); l.next.Before(earliest) {
		l.next = earliest
	}
	n = min(n, max(500, int(l.rate/40)))
	l.next = l.next.Add(time.Duration(float64(n) / l.rate * float64(time.Second)))
	return n, 0, nil
}
