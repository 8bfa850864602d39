package account

import (
	"container/list"
	"sync"
	"time"
)

// limit says how failures slow down what is tried under one key.
type limit struct {
	free    int           // failures that cost nothing
	first   time.Duration // the wait after the next one; each more doubles it
	longest time.Duration
	forgive time.Duration // after so long one failure is forgotten
	keys    int           // how many keys are remembered, the last tried
}

var (
	// Whoever guesses at one account gets one try a minute, from however many
	// addresses. It is not more because its seller waits as long, if signed
	// out; who is signed in is not held up.
	perAccount = limit{free: 10, first: time.Second, longest: time.Minute, forgive: 10 * time.Minute, keys: 10_000}
	// An address may be that of an office full of sellers.
	perAddress = limit{free: 30, first: time.Second, longest: 15 * time.Minute, forgive: time.Minute, keys: 10_000}
)

// throttle slows down what fails again and again. Its memory is bounded.
type throttle struct {
	limit
	mu     sync.Mutex
	byKey  map[string]*list.Element // of *trial
	recent *list.List               // the last tried first
}

// trial is what is remembered of one key.
type trial struct {
	key      string
	failures int
	counted  time.Time // since when the failures are forgiven
	until    time.Time // nothing is tried before
}

func newThrottle(l limit) *throttle {
	return &throttle{limit: l, byKey: map[string]*list.Element{}, recent: list.New()}
}

// begin returns how long to wait before the next try, or 0 when one may begin
// now. It counts as failed until take says otherwise, so that many at once are
// not free.
func (t *throttle) begin(key string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.find(key, now)
	if latest := now.Add(t.longest); e.until.After(latest) {
		e.until = latest // the clock was set back
	}
	if wait := e.until.Sub(now); wait > 0 {
		return wait
	}
	t.forget(e, now)
	e.failures++
	if over := e.failures - t.free; over > 0 {
		wait := t.longest
		if over <= 32 && t.first<<(over-1) < t.longest {
			wait = t.first << (over - 1)
		} else {
			e.failures-- // more would wait no longer, and take longer to forgive
		}
		e.until = now.Add(wait)
	}
	return 0
}

// forget forgives what time has.
func (t *throttle) forget(e *trial, now time.Time) {
	if now.Before(e.counted) {
		e.counted = now
	}
	n := now.Sub(e.counted) / t.forgive
	e.failures = max(0, e.failures-int(min(n, 1<<20)))
	e.counted = e.counted.Add(n * t.forgive)
}

// take takes a try back: it was none, or it succeeded.
func (t *throttle) take(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at, ok := t.byKey[key]; ok {
		e := at.Value.(*trial)
		e.failures, e.until = max(0, e.failures-1), time.Time{}
	}
}

// reset forgets every failure under the key.
func (t *throttle) reset(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at, ok := t.byKey[key]; ok {
		t.recent.Remove(at)
		delete(t.byKey, key)
	}
}

// find returns what is remembered of the key, and forgets the key that was not
// tried for longest when there are too many.
func (t *throttle) find(key string, now time.Time) *trial {
	if at, ok := t.byKey[key]; ok {
		t.recent.MoveToFront(at)
		return at.Value.(*trial)
	}
	if t.recent.Len() >= t.keys {
		last := t.recent.Back()
		delete(t.byKey, t.recent.Remove(last).(*trial).key)
	}
	e := &trial{key: key, counted: now}
	t.byKey[key] = t.recent.PushFront(e)
	return e
}
