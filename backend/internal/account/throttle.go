package account

import (
	"container/list"
	"sync"
	"time"
)

// limit says how failures delay further tries with the same key.
type limit struct {
	free    int           // failures without a wait
	first   time.Duration // the wait after the next failure; each further failure doubles it
	longest time.Duration
	forgive time.Duration // one failure is forgotten after this time
	keys    int           // how many keys are kept, those tried last
}

var (
	// An attacker has one try a minute for one account, from all addresses
	// together. The wait is not longer because it also delays the seller's own
	// sign-in. Signed-in sellers do not wait.
	perAccount = limit{free: 10, first: time.Second, longest: time.Minute, forgive: 10 * time.Minute, keys: 10_000}
	// A whole office of sellers may share an address.
	perAddress = limit{free: 30, first: time.Second, longest: 15 * time.Minute, forgive: time.Minute, keys: 10_000}
)

// throttle delays tries after repeated failures. Its memory is bounded.
type throttle struct {
	limit
	mu     sync.Mutex
	byKey  map[string]*list.Element // of *trial
	recent *list.List               // the last tried first
}

// trial has the failures of one key.
type trial struct {
	key      string
	failures int
	counted  time.Time // failures are forgiven from here on
	until    time.Time // the earliest next try
}

func newThrottle(l limit) *throttle {
	return &throttle{limit: l, byKey: map[string]*list.Element{}, recent: list.New()}
}

// begin returns how long to wait before the next try, or 0 when it may begin
// now. The try counts as failed until take is called, so that many tries at once
// are counted.
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
			e.failures-- // a further failure would not lengthen the wait, but would take longer to forgive
		}
		e.until = now.Add(wait)
	}
	return 0
}

// forget forgives old failures.
func (t *throttle) forget(e *trial, now time.Time) {
	if now.Before(e.counted) {
		e.counted = now
	}
	n := now.Sub(e.counted) / t.forgive
	e.failures = max(0, e.failures-int(min(n, 1<<20)))
	e.counted = e.counted.Add(n * t.forgive)
}

// take removes a try: it succeeded, or did not happen.
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

// find returns the trial of the key. With too many keys it drops the key with the
// oldest try.
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
