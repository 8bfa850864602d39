package account_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"handover/backend/internal/account"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// waits tries until n tries were allowed, each as early as that is, and returns
// how long it had to wait before each.
func waits(t account.Throttle, key string, now time.Time, n int) (list []time.Duration, end time.Time) {
	for range n {
		wait := t.Begin(key, now)
		if wait > 0 {
			now = now.Add(wait)
			t.Begin(key, now)
		}
		list = append(list, wait)
	}
	return list, now
}

func TestFailuresSlowDown(t *testing.T) {
	throttle := account.NewThrottle(3, time.Second, 10*time.Second, time.Hour, 100)
	got, _ := waits(throttle, "eva", monday, 9)
	s := time.Second
	if want := []time.Duration{0, 0, 0, 0, 1 * s, 2 * s, 4 * s, 8 * s, 10 * s}; !slices.Equal(got, want) {
		t.Errorf("waits %v, want %v", got, want)
	}
	if wait := throttle.Begin("otto", monday); wait != 0 {
		t.Errorf("another key waits %s", wait)
	}
}

func TestFailuresAreForgiven(t *testing.T) {
	s := time.Second
	for name, c := range map[string]struct {
		between func(throttle account.Throttle, now time.Time) time.Time
		want    []time.Duration
	}{
		"not yet":          {func(_ account.Throttle, now time.Time) time.Time { return now.Add(50 * s) }, []time.Duration{0, 8 * s}},
		"one":              {func(_ account.Throttle, now time.Time) time.Time { return now.Add(60 * s) }, []time.Duration{0, 4 * s}},
		"all":              {func(_ account.Throttle, now time.Time) time.Time { return now.Add(time.Hour) }, []time.Duration{0, 0, 0, 0, 1 * s}},
		"by a success":     {func(th account.Throttle, now time.Time) time.Time { th.Reset("eva"); return now }, []time.Duration{0, 0, 0, 0, 1 * s}},
		"one was no try":   {func(th account.Throttle, now time.Time) time.Time { th.Take("eva"); return now }, []time.Duration{0, 4 * s}},
		"a clock set back": {func(_ account.Throttle, now time.Time) time.Time { return now.Add(-24 * time.Hour) }, []time.Duration{10 * s, 8 * s}},
	} {
		t.Run(name, func(t *testing.T) {
			throttle := account.NewThrottle(3, s, 10*s, 60*s, 100)
			_, now := waits(throttle, "eva", monday, 6)
			if got, _ := waits(throttle, "eva", c.between(throttle, now), len(c.want)); !slices.Equal(got, c.want) {
				t.Errorf("waits %v, want %v", got, c.want)
			}
		})
	}
}

// A million names that somebody makes up take no more memory than there is for.
func TestWhatIsRememberedIsBounded(t *testing.T) {
	const keys = 1000
	throttle := account.NewThrottle(1, time.Hour, time.Hour, time.Hour, keys)
	throttle.Begin("eva", monday)
	throttle.Begin("eva", monday)
	for i := range 100 * keys {
		throttle.Begin(fmt.Sprint("somebody ", i), monday)
		if wait := throttle.Begin("eva", monday); wait == 0 {
			t.Fatal("an account that is tried all the time was forgotten")
		}
	}
	if n := throttle.Keys(); n != keys {
		t.Errorf("%d keys are remembered, want %d", n, keys)
	}
}

func TestTheLongestWaitDoesNotOverflow(t *testing.T) {
	throttle := account.NewThrottle(0, time.Nanosecond, 1<<62, time.Hour*1e4, 1)
	now := monday
	for i := range 200 {
		wait := throttle.Begin("eva", now)
		if wait < 0 || wait > 1<<62 {
			t.Fatalf("try %d waits %d", i, wait)
		}
		now = now.Add(min(wait, time.Hour))
	}
}
