// Package lock serializes the changes of an upload: among the requests of this
// server, and among all servers that share the uploads.
//
// A request that wants a lock asks its holder to give the lock up. The holder has a
// grace period to finish, because its socket may still have bytes of a client that
// was killed.
package lock

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"

	"handover/backend/internal/upload/content"
)

// DefaultTimeout is how long a request waits for a lock.
const DefaultTimeout = 20 * time.Second

var (
	// ErrLost means that another server may have the lock by now.
	ErrLost = errors.New("the lock of the upload is lost")
	// errUnavailable tells tusd's handler that the locks of all servers cannot be
	// reached.
	errUnavailable = handler.NewError("ERR_UNAVAILABLE", "the server's database does not answer; the upload can continue when it does", http.StatusServiceUnavailable)
)

// Shared takes a lock that all servers share. It waits until no other server has
// the lock or ctx ends. It calls asked when another server wants the lock or the
// lock was lost. check returns an error when another server may have the lock.
type Shared func(ctx context.Context, id string, asked func()) (check func(context.Context) error, release func(), err error)

// Config is what [Locks] need.
type Config struct {
	Grace   time.Duration   // the time between a request for the lock and the interruption of its holder
	Timeout time.Duration   // of [Locks.Do] and [Locks.Assembly]; 0: [DefaultTimeout]
	Shared  Shared          // nil: no other server has the uploads
	Running *sync.WaitGroup // counts the goroutines of Locks
}

// Locks are the locks of uploads, by ID. They implement [handler.Locker].
type Locks struct {
	config Config
	local  handler.Locker
	shared *shared
}

// New returns free locks.
func New(c Config) *Locks {
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	return &Locks{config: c, local: memorylocker.New(), shared: newShared(c.Shared)}
}

// NewLock implements [handler.Locker].
func (l *Locks) NewLock(id string) (handler.Lock, error) {
	local, err := l.local.NewLock(id)
	return graceLock{local, l, id}, err
}

// Do calls f under the lock of an upload. It asks a request that holds the lock to
// end. It does nothing when the lock stays taken until the timeout.
func (l *Locks) Do(ctx context.Context, id string, f func() error) error {
	lock, err := l.NewLock(id)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, l.config.Timeout)
	defer cancel()
	err = lock.Lock(ctx, func() {})
	if errors.Is(err, handler.ErrFileLocked) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f(), lock.Unlock())
}

// Check returns [ErrLost] when another server may have the lock of the upload by
// now. Call it before an offset is stored, so that a server without a connection to
// the others acknowledges nothing. An upload without a lock passes: it is new, and
// no other server knows its ID.
func (l *Locks) Check(in content.Info) error {
	if err := l.shared.check(in.ID); err != nil || !in.Final() {
		return err
	}
	return l.shared.check(assemblyName(in.ID))
}

// CheckRequest is [Locks.Check] without the lock of the assembly.
func (l *Locks) CheckRequest(id string) error { return l.shared.check(id) }

// Assembly takes the lock under which one server assembles a final upload. It is
// another lock than that of requests, which hold theirs while they wait for the
// assembly. It returns handler.ErrFileLocked when ctx ends first.
func (l *Locks) Assembly(ctx context.Context, id string) (release func(), err error) {
	name := assemblyName(id)
	if err := l.shared.lock(ctx, name, func() {}); err != nil {
		return nil, err
	}
	return func() { l.shared.unlock(name) }, nil
}

// AssemblySoon is [Locks.Assembly] with the timeout of the locks.
func (l *Locks) AssemblySoon(ctx context.Context, id string) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, l.config.Timeout)
	unlock, err := l.Assembly(ctx, id)
	if err != nil {
		cancel()
		return nil, err
	}
	return func() { unlock(); cancel() }, nil
}

func assemblyName(id string) string { return "assembly of " + id }

// graceLock is a lock whose holder has a grace period before it is interrupted.
type graceLock struct {
	local handler.Lock
	by    *Locks
	id    string
}

// Lock implements [handler.Lock]. It returns handler.ErrFileLocked (423) when the
// lock stays taken: after tusd's own error, a 500, clients start over.
func (l graceLock) Lock(ctx context.Context, requestUnlock func()) error {
	ask := requestUnlock
	if h := holderOf(ctx); h != nil {
		ask = func() {
			l.by.config.Running.Go(func() { // ends at the latest with the request that holds the lock
				h.awaitGrace(l.by.config.Grace)
				requestUnlock()
			})
		}
	}
	err := l.local.Lock(ctx, ask)
	if errors.Is(err, handler.ErrLockTimeout) {
		return handler.ErrFileLocked
	}
	if err != nil {
		return err
	}
	if err := l.by.shared.lock(ctx, l.id, ask); err != nil {
		return errors.Join(err, l.local.Unlock())
	}
	return nil
}

// Unlock implements [handler.Lock].
func (l graceLock) Unlock() error {
	l.by.shared.unlock(l.id)
	return l.local.Unlock()
}

// shared are the locks that exclude other servers. The local lock has admitted one
// request before. A nil *shared excludes no server.
type shared struct {
	take Shared

	mu   sync.Mutex
	held map[string]sharedLock
}

type sharedLock struct {
	check   func(context.Context) error
	release func()
}

func newShared(take Shared) *shared {
	if take == nil {
		return nil
	}
	return &shared{take: take, held: map[string]sharedLock{}}
}

// lock waits until no other server has the lock. It returns handler.ErrFileLocked
// when ctx ends first.
func (s *shared) lock(ctx context.Context, id string, asked func()) error {
	if s == nil {
		return nil
	}
	check, release, err := s.take(ctx, id, asked)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return handler.ErrFileLocked
	}
	if err != nil {
		return fmt.Errorf("%w: lock upload %s: %w", errUnavailable, id, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[id] = sharedLock{check, release}
	return nil
}

func (s *shared) unlock(id string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	l, ok := s.held[id]
	delete(s.held, id)
	s.mu.Unlock()
	if ok {
		l.release()
	}
}

func (s *shared) check(id string) error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	l, ok := s.held[id]
	s.mu.Unlock()
	if !ok {
		return nil
	}
	if err := l.check(context.Background()); err != nil {
		return fmt.Errorf("upload %s: %w: %w", id, ErrLost, err)
	}
	return nil
}
