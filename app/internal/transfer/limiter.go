package transfer

import (
	"context"
	"math"
	"sync"
	"time"
)

// burst is the longest idle time whose unused bandwidth may be used later. It bounds
// how far one second may exceed the limit.
const burst = 100 * time.Millisecond

// limiter limits the rate that all uploads share. A new rate takes effect at once, also
// for uploads that are waiting.
type limiter struct {
	mu      sync.Mutex
	rate    float64       // bytes per second; +Inf for no limit
	next    time.Time     // when the next byte may be sent
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

// take waits until some of the next n bytes may be sent, and returns how many.
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

// try returns how many bytes may be sent now, or how long to wait and a channel that ends
// the wait early. At low rates it returns few bytes, so that uploads alternate and no
// connection seems stalled.
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
