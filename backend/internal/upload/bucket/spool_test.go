package bucket

import (
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"
)

// A spool that needs more room for temporary files than is free waits.
func TestTemporarySpaceIsBounded(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		space := newTempSpace(dir, 10)
		take := func(ctx context.Context, size int64) (release func(), err error) {
			s, err := space.spool(ctx, size)
			if err != nil {
				return func() {}, err
			}
			return s.release, nil
		}
		first, err := take(t.Context(), 6)
		second, err2 := take(t.Context(), 4)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		got := make(chan error)
		go func() { // more than the whole room: it gets all of it
			third, err := take(t.Context(), 11)
			got <- err
			third()
		}()
		first()
		synctest.Wait()
		select {
		case err := <-got:
			t.Errorf("there was room (%v)", err)
		default:
		}
		second()
		if err := <-got; err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		all, err := take(ctx, 10)
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, err := take(ctx, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("who does not wait any more: %v", err)
		}
		all()
	})
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
