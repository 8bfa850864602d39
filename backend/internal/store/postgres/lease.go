package postgres

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/jackc/pgx/v5"
)

// leaseFor is how long a lease lasts that its holder does not renew: so long the
// others wait for one that was killed.
const leaseFor = 30 * time.Second

// leaseTimes says what follows from how long a lease lasts.
type leaseTimes time.Duration

// renew leaves room for attempts that fail.
func (t leaseTimes) renew() time.Duration { return time.Duration(t) / 4 }

// ask is how often a lease that another server has is asked for.
func (t leaseTimes) ask() time.Duration { return time.Duration(t) / 15 }

// margin is how long before the database gives a lease to another server its
// holder stops by itself, when it could not renew it.
func (t leaseTimes) margin() time.Duration { return time.Duration(t) / 6 }

// Alone waits until this server alone may do what has the name, or the context
// ends. held is done once another server may have taken over: when the lease
// could not be renewed, or was released. The caller releases it, and ends what
// it does before that.
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
		// One that cannot be given back ends by itself.
		_, _ = s.delete(last, "DELETE FROM leases WHERE name = $1 AND holder = $2", name, holder)
	}, nil
}

// awaitLease asks until the lease is ours, and returns until when by our clock.
func (s *Store) awaitLease(ctx context.Context, name, holder string) (time.Time, error) {
	silent := false // about an outage that was told of
	for {
		asked := time.Now()
		got, err := s.takeLease(ctx, name, holder)
		switch {
		case ctx.Err() != nil:
			return time.Time{}, ctx.Err()
		case got:
			return asked.Add(time.Duration(s.lease)), nil
		case err != nil && !silent:
			s.log.Warn("a lease was not to be had; trying again", "lease", name, "error", err)
		}
		silent = err != nil
		select {
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		case <-time.After(s.lease.ask()):
		}
	}
}

// takeLease takes a lease that nobody has, or renews ours.
func (s *Store) takeLease(ctx context.Context, name, holder string) (got bool, err error) {
	err = s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `INSERT INTO leases AS l (name, holder, expires_at) VALUES ($1, $2, clock_timestamp() + $3::interval)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
			WHERE l.holder = excluded.holder OR l.expires_at <= clock_timestamp()`, name, holder, time.Duration(s.lease))
		got = err == nil && done.RowsAffected() == 1
		return err
	})
	return got && err == nil, err
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
			s.log.Warn("a lease was not renewed in time; another server may go on", "lease", name)
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
			s.log.Warn("a lease was lost; another server goes on", "lease", name)
			return
		}
	}
}
