package postgres_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"handover/backend/internal/store/postgres"
)

// signal is an asked function that can be waited for.
func signal() (asked func(), c chan struct{}) {
	c = make(chan struct{})
	return sync.OnceFunc(func() { close(c) }), c
}

func ignore() {}

func TestLockIsOneServersAtATime(t *testing.T) {
	all, _ := stores(t, 2)
	asked, c := signal()
	check, release, err := all[0].Lock(t.Context(), "upload one", asked)
	if err != nil {
		t.Fatal(err)
	}
	if err := check(t.Context()); err != nil {
		t.Error(err)
	}
	got := make(chan func(), 1)
	go func() {
		_, releaseOther, err := all[1].Lock(context.Background(), "upload one", ignore)
		if err != nil {
			t.Error(err)
		}
		got <- releaseOther
	}()
	<-c // the holder hears that the lock is wanted
	select {
	case <-got:
		t.Fatal("two servers have one lock")
	default:
	}
	if err := check(t.Context()); err != nil {
		t.Errorf("wanted by another, and lost: %v", err)
	}
	_, beside, err := all[0].Lock(t.Context(), "upload two", ignore)
	if err != nil {
		t.Fatal(err)
	}
	beside()
	release()
	(<-got)()
}

// The session could take its own lock twice; the server does not.
func TestLockIsNotTakenTwiceByOneServer(t *testing.T) {
	all, _ := stores(t, 1)
	asked, c := signal()
	_, release, err := all[0].Lock(t.Context(), "one", asked)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, _, err := all[0].Lock(ctx, "one", ignore)
		done <- err
	}()
	<-c
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("a second time: %v", err)
	}
	release()
	_, release, err = all[0].Lock(t.Context(), "one", ignore)
	if err != nil {
		t.Fatal(err)
	}
	release()
}

// A holder whose connection is cut is told, cannot go on under the lock that
// another has now, and can lock again.
func TestLockEndsWithItsConnection(t *testing.T) {
	all, address := stores(t, 2)
	asked, c := signal()
	check, release, err := all[0].Lock(t.Context(), "one", asked)
	if err != nil {
		t.Fatal(err)
	}
	cut(t, address)
	_, releaseOther, err := all[1].Lock(t.Context(), "one", ignore)
	if err != nil {
		t.Fatal(err)
	}
	if err := check(t.Context()); !errors.Is(err, postgres.ErrLockLost) {
		t.Errorf("under a lock that another has: %v", err)
	}
	<-c
	if err := check(t.Context()); !errors.Is(err, postgres.ErrLockLost) {
		t.Errorf("asked again: %v", err)
	}
	release() // of what is not ours any more
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, _, err := all[0].Lock(ctx, "one", ignore); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the other's lock: %v", err)
	}
	releaseOther()
	_, release, err = all[0].Lock(t.Context(), "one", ignore)
	if err != nil {
		t.Fatal(err)
	}
	release()
}

// A client that hangs up while it waits does not cost others their locks.
func TestHangingUpKeepsOthersLocks(t *testing.T) {
	all, _ := stores(t, 2)
	check, release, err := all[0].Lock(t.Context(), "held", ignore)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	_, releaseOther, err := all[1].Lock(t.Context(), "busy", ignore)
	if err != nil {
		t.Fatal(err)
	}
	defer releaseOther()
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			ctx, cancel := context.WithCancel(context.Background())
			asking := time.AfterFunc(3*time.Millisecond, cancel) // anywhere in the attempt
			defer asking.Stop()
			_, _, _ = all[0].Lock(ctx, "busy", ignore)
		})
	}
	group.Wait()
	if err := check(t.Context()); err != nil {
		t.Errorf("the lock that was held: %v", err)
	}
}
