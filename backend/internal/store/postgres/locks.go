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
	// lockChannel asks the holder of a lock to release it, by the lock's name.
	lockChannel = "handover_locks"
	// lockRetry is the time between attempts to take a lock of another server, and
	// askAgain the time between requests to its holder.
	lockRetry = 100 * time.Millisecond
	askAgain  = 2 * time.Second
)

// ErrLockLost is returned for a lock whose connection has ended. Another server may
// have the lock.
var ErrLockLost = errors.New("the lock was lost with its connection to the database")

// locks are the locks of this server: advisory locks of one session. They end with
// the session, even when the server is killed.
type locks struct {
	turn chan struct{} // has a token while the connection is free
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

// Lock takes the lock with the name, or waits until ctx ends. It calls asked, maybe
// several times, when another server wants the lock or the lock was lost; asked
// must return at once. check returns nil when the lock was held at a moment between
// its call and its return. Do the work that needs the lock right after check.
func (s *Store) Lock(ctx context.Context, name string, asked func()) (check func(context.Context) error, release func(), err error) {
	sum := sha256.Sum256([]byte(name))
	k := &holding{name: name, key: int64(binary.BigEndian.Uint64(sum[:8])), asked: asked}
	var lastAsked time.Time
	for {
		got, err := s.tryLock(ctx, k)
		if err != nil {
			return nil, nil, fault(ctx, err)
		}
		if got {
			return func(ctx context.Context) error { return s.checkLock(ctx, k) }, func() { s.unlock(k) }, nil
		}
		if time.Since(lastAsked) >= askAgain {
			lastAsked = time.Now()
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

// tryLock takes a free lock. A lock that this server holds is not free, although
// the session could take it twice.
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
			conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
			if err != nil {
				return err
			}
			l.conn = conn
		}
		if err := l.conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", k.key).Scan(&got); err != nil || !got {
			return err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.held[k.name] = k
		return nil
	})
	if err != nil {
		return false, err
	}
	return got, nil
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
		return fmt.Errorf("%w: %w: %w", store.ErrUnavailable, ErrLockLost, err)
	}
	return err
}

func (s *Store) unlock(k *holding) {
	l := s.locks
	// A lock that cannot be released ends with the connection.
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

// use calls f with exclusive use of the connection, and drops the connection when f
// fails. The end of ctx stops the wait for the connection, but not f: a query that
// is cancelled would break the connection and end all locks.
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

// drop closes the connection, and calls asked for all locks that end with it.
func (l *locks) drop() {
	if l.conn != nil {
		last, cancel := context.WithTimeout(context.Background(), connectWithin)
		defer cancel()
		_ = l.conn.Close(last) // the connection is unusable either way
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

// ask tells the holder in this server that another server wants the lock.
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
