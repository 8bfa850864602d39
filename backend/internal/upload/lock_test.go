package upload_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"handover/backend/internal/store"
	"handover/backend/internal/upload"
)

// others are the other servers: they can hold locks, and take them away.
type others struct {
	mu      sync.Mutex
	away    bool
	lost    bool
	refuse  error
	locked  int
	checked int
}

func (o *others) lock(context.Context, string, func()) (func(context.Context) error, func(), error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.away {
		return nil, nil, fmt.Errorf("%w: no connection", store.ErrUnavailable)
	}
	if o.refuse != nil {
		return nil, nil, o.refuse
	}
	o.locked++
	check := func(context.Context) error {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.checked++
		if o.lost {
			return errors.New("another server has it")
		}
		return nil
	}
	return check, func() { o.mu.Lock(); o.locked--; o.mu.Unlock() }, nil
}

func (o *others) set(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f()
}

func among(t *testing.T) (*site, *others) {
	o := &others{}
	return newSite(t, func(c *upload.Config) { c.Lock = o.lock }), o
}

// A server that lost its lock stores no offset and therefore acknowledges no bytes. The
// upload continues at its last offset.
func TestNothingIsStoredWithoutTheLock(t *testing.T) {
	s, o := among(t)
	url := s.create(6)
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusNoContent, "")
	o.set(func() { o.lost = true })
	s.want(s.patch(url, 3, strings.NewReader("def")), http.StatusServiceUnavailable, "upload_interrupted")
	o.set(func() { o.lost = false })
	if got := s.offset(url); got != 3 {
		t.Errorf("the offset is %d, want 3", got)
	}
	s.want(s.patch(url, 3, strings.NewReader("def")), http.StatusNoContent, "")
	s.wantWhole(url, []byte("abcdef"))
	o.set(func() {
		if o.locked != 0 || o.checked == 0 {
			t.Errorf("%d locks are left, %d were checked", o.locked, o.checked)
		}
	})
}

// While the locks are unavailable, requests get a status that asks for a repetition.
func TestNoLockIsToBeHad(t *testing.T) {
	s, o := among(t)
	url := s.create(3)
	o.set(func() { o.away = true })
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusServiceUnavailable, "unavailable")
	s.want(s.ask("DELETE", url, nil), http.StatusServiceUnavailable, "unavailable")
	o.set(func() { o.away, o.refuse = false, context.DeadlineExceeded })
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusLocked, "upload_locked")
	o.set(func() { o.refuse = nil })
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusNoContent, "")
	s.wantWhole(url, []byte("abc"))
}
