package tus

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

var errBodyStopped = errors.New("the request is over")

// body is the content of one request: the source from off to end.
//
// The transport reads the body in its own goroutine, and may still read it after
// returning a response (see http.RoundTripper). After stop the source belongs to the
// caller again.
type body struct {
	src   *source
	base  int64 // where the upload begins in the file; off and end are relative to it
	end   int64
	took  func(int64) // called with the offset up to which the transport took the content
	pace  Pace
	stall time.Duration
	dog   *time.Timer // watchdog; runs while the transport writes our bytes

	ctx    context.Context // ends with stop, which must not wait for pace
	cancel context.CancelFunc

	mu      sync.Mutex
	off     int64         // content below it was handed to the transport
	buf     []byte        // not shared between bodies: a transport may write from it after stop
	window  []byte        // part of buf: read from src, not yet handed over
	waited  time.Duration // time spent in pace
	err     error         // why reading src failed
	stopped bool
}

// start sets what the body needs from its request.
func (b *body) start(ctx context.Context, dog *time.Timer, cfg Config) {
	b.ctx, b.cancel = context.WithCancel(ctx)
	b.dog, b.stall, b.pace = dog, cfg.StallTimeout, cfg.Pace
}

// Read implements [io.Reader].
func (b *body) Read(p []byte) (int, error) {
	next, err := b.next(len(p))
	return copy(p, next), err
}

// next returns at most n of the next bytes, valid until the next call. The transport
// calls next only after writing the previous bytes, so a call also resets the watchdog.
// Time spent on the disk or in pace does not count as a network stall.
func (b *body) next(n int) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped {
		return nil, errBodyStopped
	}
	b.dog.Stop()
	defer b.dog.Reset(b.stall)
	b.took(b.off)
	if b.off == b.end {
		return nil, io.EOF
	}
	if len(b.window) == 0 {
		if b.buf == nil {
			b.buf = make([]byte, min(readSize, b.end-b.off))
		}
		if b.window, b.err = b.src.read(b.buf, b.base+b.off, b.base+b.end); b.err != nil {
			return nil, b.err
		}
	}
	n, err := b.allowed(min(n, len(b.window)))
	if err != nil {
		return nil, err
	}
	p := b.window[:n]
	b.window = b.window[n:]
	b.off += int64(n)
	return p, nil
}

// allowed waits until some of the next n bytes may be sent, and returns how many.
func (b *body) allowed(n int) (int, error) {
	if b.pace == nil {
		return n, nil
	}
	begin := time.Now()
	n, err := b.pace(b.ctx, n)
	b.waited += time.Since(begin)
	return n, err
}

// Close is called by the transport. It releases nothing: the file stays open for the
// next attempt.
func (b *body) Close() error { return nil }

// stop waits for a running read, prevents further reads, and returns the source's error,
// if any.
func (b *body) stop() error {
	b.cancel()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
	return b.err
}
