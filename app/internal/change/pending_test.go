package change_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"handover/app/internal/change"
)

func TestPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := change.NewPending[string]()
		p.Add("b", "a", "b")
		if k, err := p.Next(t.Context()); k != "b" || err != nil {
			t.Errorf("first %q, %v", k, err)
		}
		p.Add("a", "c")
		if keys := p.Take(); !slices.Equal(keys, []string{"a", "c"}) {
			t.Errorf("then %q", keys)
		}
		if keys := p.Take(); len(keys) != 0 {
			t.Errorf("taken twice: %q", keys)
		}

		// A signal for keys that were taken already wakes nobody for nothing.
		go func() {
			time.Sleep(time.Minute)
			p.Add("d")
			time.Sleep(time.Second / 2)
			p.Add("e")
		}()
		began := time.Now()
		keys, err := p.Wait(t.Context(), time.Second)
		if !slices.Equal(keys, []string{"d", "e"}) || err != nil {
			t.Errorf("together %q, %v", keys, err)
		}
		if took := time.Since(began); took != time.Minute+time.Second {
			t.Errorf("after %s", took)
		}

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.Next(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("next after the end: %v", err)
		}
		if _, err := p.Wait(ctx, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("wait after the end: %v", err)
		}
	})
}
