package upload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/tus/tusd/v2/pkg/handler"
)

var (
	// errNoLocks is what tusd's handler answers with when no lock is to be had.
	errNoLocks = handler.NewError("ERR_UNAVAILABLE", "the server's database does not answer; the upload can go on when it does", http.StatusServiceUnavailable)
	// errLockLost means that another server may work on the upload.
	errLockLost = errors.New("the upload is not locked any more")
)

// shared are the locks that keep other servers away. Within this server the
// locker has let one request through before it comes here. nil keeps nobody away.
type shared struct {
	take func(ctx context.Context, id string, asked func()) (func(context.Context) error, func(), error)

	mu   sync.Mutex
	held map[string]sharedLock
}

type sharedLock struct {
	check   func(context.Context) error
	release func()
}

func newShared(take func(context.Context, string, func()) (func(context.Context) error, func(), error)) *shared {
	if take == nil {
		return nil
	}
	return &shared{take: take, held: map[string]sharedLock{}}
}

// lock waits until no other server works on the upload. asked is called when
// one wants to. It returns handler.ErrFileLocked when ctx ends before.
func (s *shared) lock(ctx context.Context, id string, asked func()) error {
	if s == nil {
		return nil
	}
	check, release, err := s.take(ctx, id, asked)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return handler.ErrFileLocked
	}
	if err != nil {
		return fmt.Errorf("%w: lock upload %s: %w", errNoLocks, id, err)
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

// check returns an error when another server may have the lock by now. It is
// asked before an offset is stored, so that a server that was cut off from the
// others acknowledges nothing. What is not locked needs no check: nobody else
// knows of it.
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
		return fmt.Errorf("upload %s: %w: %w", id, errLockLost, err)
	}
	return nil
}
