package lock

import (
	"context"
	"sync"
	"time"
)

// Holder is a request that holds locks. The grace period begins once the request
// reads its body: tusd's handler sets that up without a lock of its own and must not
// be interrupted before.
type Holder struct {
	reading chan struct{}
	once    sync.Once
	over    chan struct{}
}

// NewHolder returns a holder for one request. Call End with the end of the request.
func NewHolder() *Holder {
	return &Holder{reading: make(chan struct{}), over: make(chan struct{})}
}

// Reading reports that the request has begun to read its body. It may be called
// again.
func (h *Holder) Reading() { h.once.Do(func() { close(h.reading) }) }

// End reports that the request is over.
func (h *Holder) End() {
	h.Reading()
	close(h.over)
}

// awaitGrace returns after the grace period, or when the request is over.
func (h *Holder) awaitGrace(grace time.Duration) {
	<-h.reading
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-h.over:
	case <-timer.C:
	}
}

type holderKey struct{}

// WithHolder returns a context whose locks belong to the holder. A lock without a
// holder is asked for without a grace period.
func WithHolder(ctx context.Context, h *Holder) context.Context {
	return context.WithValue(ctx, holderKey{}, h)
}

func holderOf(ctx context.Context) *Holder {
	h, _ := ctx.Value(holderKey{}).(*Holder)
	return h
}
