package postgres

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/jackc/pgx/v5"
)

// leaseFor is the life of a lease that its holder does not renew. After a holder
// was killed the others wait this long.
const leaseFor = 30 * time.Second

// leaseTimes derives the other times from the life of a lease.
type leaseTimes time.Duration

// renew is the time between renewals, short enough for several attempts.
func (t leaseTimes) renew() time.Duration { return time.Duration(t) / 4 }

// ask is the time between attempts to take a lease of another server.
func (t leaseTimes) ask() time.Duration { return time.Duration(t) / 15 }

// margin is how long before the end of the lease a holder stops that could not
// renew it.
func (t leaseTimes) margin() time.Duration { return time.Duration(t) / 6 }

// Alone waits until this server has the lease with the name, or ctx ends. held is
// done when another server may have the lease: it could not be renewed, or was
// released. The caller stops its work and then calls release.
func (s *Store) Alone(ctx context.Context, name string) (held context.Context, release func(), err error) {
	holder := rand.Text()
	until, err := s.awaitLease(ctx, name, holder)
	if err != nil {
		return nil, nil, err
	}
	held, lose := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer lose()
		s.keepLease(held, name, holder, until)
	}()
	return held, func() {
		lose()
		<-ended
		last, cancel := context.WithTimeout(context.Background(), connectWithin)
		defer cancel()
		// A lease that cannot be deleted expires.
		_, _ = s.delete(last, "DELETE FROM leases WHERE name = $1 AND holder = $2", name, holder)
	}, nil
}

// awaitLease takes the lease and returns its end by this server's clock.
func (s *Store) awaitLease(ctx context.Context, name, holder string) (time.Time, error) {
	silent := false // the outage is logged already
	for {
		asked := time.Now()
		got, err := s.takeLease(ctx, name, holder)
		switch {
		case ctx.Err() != nil:
			return time.Time{}, ctx.Err()
		case got:
			return asked.Add(time.Duration(s.lease)), nil
		case err != nil && !silent:
			s.log.Warn("could not take a lease; trying again", "lease", name, "error", err)
		}
		silent = err != nil
		select {
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		case <-time.After(s.lease.ask()):
		}
	}
}

// takeLease takes a free lease, or renews the holder's.
func (s *Store) takeLease(ctx context.Context, name, holder string) (got bool, err error) {
	err = s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `INSERT INTO leases AS l (name, holder, expires_at) VALUES ($1, $2, clock_timestamp() + $3::interval)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
			WHERE l.holder = excluded.holder OR l.expires_at <= clock_timestamp()`, name, holder, time.Duration(s.lease))
		got = done.RowsAffected() == 1
		return err
	})
	if err != nil {
		return false, err
	}
	return got, nil
}

// keepLease renews a lease until the context ends or it is lost.
func (s *Store) keepLease(ctx context.Context, name, holder string, until time.Time) {
	wait := s.lease.renew()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(min(wait, time.Until(until)-s.lease.margin())):
		}
		if time.Until(until) <= s.lease.margin() {
			s.log.Warn("a lease was not renewed in time; another server may take it", "lease", name)
			return
		}
		asked := time.Now()
		within, cancel := context.WithDeadline(ctx, until.Add(-s.lease.margin()))
		got, err := s.takeLease(within, name, holder)
		cancel()
		switch {
		case err != nil:
			wait = s.lease.ask()
		case got:
			until, wait = asked.Add(time.Duration(s.lease)), s.lease.renew()
		default:
			s.log.Warn("a lease was lost; another server has it", "lease", name)
			return
		}
	}
}
