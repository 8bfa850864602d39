package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
)

const (
	// lockChannel asks whoever has a lock to give it up, by the lock's name.
	lockChannel = "handover_locks"
	// lockRetry is how often a lock that another server has is tried, and
	// askAgain how often its holder is asked.
	lockRetry = 100 * time.Millisecond
	askAgain  = 2 * time.Second
)

// ErrLockLost is returned for a lock whose connection has ended: another server
// may have it.
var ErrLockLost = errors.New("the lock was lost with its connection to the database")

// locks are what this server has locked, as advisory locks of one session: they
// end with it, however the server ends, and who can use the session has them.
type locks struct {
	turn chan struct{} // holds one while nobody uses the connection
	conn *pgx.Conn

	mu   sync.Mutex
	held map[string]*holding
}

type holding struct {
	name  string
	key   int64
	asked func()
	lost  bool // guarded by locks.mu
}

func newLocks() *locks {
	l := &locks{turn: make(chan struct{}, 1), held: map[string]*holding{}}
	l.turn <- struct{}{}
	return l
}

// Lock waits until no other server has the lock with the name, or ctx ends.
// asked is called, not only once, when another one wants it or when it was lost,
// and must return at once. check returns nil when the lock was held at a moment
// between its call and its return; whatever may only be done under the lock is
// done right after that.
func (s *Store) Lock(ctx context.Context, name string, asked func()) (check func(context.Context) error, release func(), err error) {
	sum := sha256.Sum256([]byte(name))
	k := &holding{name: name, key: int64(binary.BigEndian.Uint64(sum[:8])), asked: asked}
	var told time.Time
	for {
		got, err := s.tryLock(ctx, k)
		if err != nil {
			return nil, nil, fault(ctx, err)
		}
		if got {
			return func(ctx context.Context) error { return s.checkLock(ctx, k) }, func() { s.unlock(k) }, nil
		}
		if time.Since(told) >= askAgain {
			told = time.Now()
			if err := s.askHolder(ctx, name); err != nil {
				return nil, nil, err
			}
		}
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case <-time.After(lockRetry):
		}
	}
}

func (s *Store) askHolder(ctx context.Context, name string) error {
	return s.read(ctx, func(ctx context.Context, q querier) error {
		var nothing any
		return q.QueryRow(ctx, "SELECT pg_notify($1, $2)", lockChannel, name).Scan(&nothing)
	})
}

// tryLock takes the lock if nobody has it. One of this server's own counts as
// another's, although the session could have it twice.
func (s *Store) tryLock(ctx context.Context, k *holding) (got bool, err error) {
	l := s.locks
	err = l.use(ctx, func(ctx context.Context) error {
		l.mu.Lock()
		_, ours := l.held[k.name]
		l.mu.Unlock()
		if ours {
			return nil
		}
		if l.conn == nil {
			if l.conn, err = pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig); err != nil {
				l.conn = nil
				return err
			}
		}
		if err := l.conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", k.key).Scan(&got); err != nil || !got {
			return err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.held[k.name] = k
		return nil
	})
	return got && err == nil, err
}

func (s *Store) checkLock(ctx context.Context, k *holding) error {
	l := s.locks
	err := l.use(ctx, func(ctx context.Context) error {
		if l.isLost(k) {
			return ErrLockLost
		}
		var one int
		return l.conn.QueryRow(ctx, "SELECT 1").Scan(&one)
	})
	if err != nil && !errors.Is(err, ErrLockLost) {
		err = fmt.Errorf("%w: %w: %w", store.ErrUnavailable, ErrLockLost, err)
	}
	return err
}

func (s *Store) unlock(k *holding) {
	l := s.locks
	// One that cannot be given back ends with the connection.
	_ = l.use(context.Background(), func(ctx context.Context) error {
		if l.isLost(k) {
			return nil
		}
		l.mu.Lock()
		delete(l.held, k.name)
		l.mu.Unlock()
		var was bool
		return l.conn.QueryRow(ctx, "SELECT pg_advisory_unlock($1)", k.key).Scan(&was)
	})
}

func (l *locks) isLost(k *holding) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return k.lost
}

// use calls f while nobody else uses the connection, and gives the connection up
// when it fails. Who hangs up while it waits for its turn has not used it; in
// the middle it would be the end of everybody's locks, so f goes on.
func (l *locks) use(ctx context.Context, f func(ctx context.Context) error) error {
	select {
	case <-l.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { l.turn <- struct{}{} }()
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectWithin)
	defer cancel()
	err := f(within)
	if err != nil && !errors.Is(err, ErrLockLost) {
		l.drop()
	}
	return err
}

// drop gives up the connection, and tells all whose locks go with it.
func (l *locks) drop() {
	if l.conn != nil {
		last, cancel := context.WithTimeout(context.Background(), connectWithin)
		defer cancel()
		_ = l.conn.Close(last) // its end is the end of it
		l.conn = nil
	}
	l.mu.Lock()
	lost := l.held
	l.held = map[string]*holding{}
	for _, k := range lost {
		k.lost = true
	}
	l.mu.Unlock()
	for _, k := range lost {
		k.asked()
	}
}

// ask passes on that another server wants a lock, if it is one of ours.
func (l *locks) ask(name string) {
	l.mu.Lock()
	k := l.held[name]
	l.mu.Unlock()
	if k != nil {
		k.asked()
	}
}

func (l *locks) close() {
	<-l.turn
	l.drop()
	l.turn <- struct{}{}
}
