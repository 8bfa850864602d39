package postgres_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store/postgres"
)

// hurried are stores whose leases last a second.
func hurried(t *testing.T, n int) ([]*postgres.Store, string) {
	t.Helper()
	all, address := stores(t, n)
	for _, s := range all {
		s.Lease(time.Second)
	}
	return all, address
}

func alone(t *testing.T, s *postgres.Store) (context.Context, func()) {
	t.Helper()
	held, release, err := s.Alone(t.Context(), "mail")
	if err != nil {
		t.Fatal(err)
	}
	return held, release
}

func TestOneServerAtATime(t *testing.T) {
	all, _ := hurried(t, 3)
	var inside atomic.Int32
	done := make(chan error)
	for _, s := range all {
		go func() {
			var err error
			for range 3 {
				held, release, waitErr := s.Alone(context.Background(), "mail")
				if waitErr != nil {
					err = waitErr
					break
				}
				if inside.Add(1) != 1 || held.Err() != nil {
					err = errors.New("two are alone at once")
				}
				inside.Add(-1)
				release()
			}
			done <- err
		}()
	}
	for range all {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// A lease is renewed while its holder lives, and others get it when the holder
// is gone without a word. Another name is another lease.
func TestALeaseEndsWithItsHolder(t *testing.T) {
	all, _ := hurried(t, 2)
	held, release := alone(t, all[0])
	other, releaseOther, err := all[1].Alone(t.Context(), "webhook")
	if err != nil || other.Err() != nil {
		t.Fatal(err)
	}
	releaseOther()
	waiting, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond) // more than it lasts without renewal
	defer cancel()
	if _, _, err := all[1].Alone(waiting, "mail"); !errors.Is(err, context.DeadlineExceeded) || held.Err() != nil {
		t.Errorf("a lease that is held and renewed: %v, %v", err, held.Err())
	}
	release()
	if held.Err() == nil {
		t.Error("a lease is held after its release")
	}
	if err := all[0].Exec(t.Context(), "INSERT INTO leases VALUES ('mail', 'killed', clock_timestamp() + '1 s')"); err != nil {
		t.Fatal(err)
	}
	_, release = alone(t, all[1])
	release()
}

// A holder learns that it has lost its lease, and stops by itself when it cannot
// ask.
func TestALeaseIsLost(t *testing.T) {
	all, address := hurried(t, 1)
	held, release := alone(t, all[0])
	if err := all[0].Exec(t.Context(), "UPDATE leases SET holder = 'another', expires_at = clock_timestamp() + '1 h'"); err != nil {
		t.Fatal(err)
	}
	<-held.Done()
	release()
	if err := all[0].Exec(t.Context(), "UPDATE leases SET expires_at = clock_timestamp()"); err != nil {
		t.Fatal(err)
	}
	held, release = alone(t, all[0])
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "BEGIN; LOCK TABLE leases"); err != nil {
		t.Fatal(err)
	}
	<-held.Done()
	if _, err := conn.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	release()
}
