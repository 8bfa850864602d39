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
// The transport reads it in a goroutine of its own and may still do so when it
// has returned an answer (see http.RoundTripper). stop draws the line: after it
// the source belongs to the caller again.
type body struct {
	src   *source
	base  int64 // where the upload begins in the file: off and end count from there
	end   int64
	took  func(int64) // told that the transport took all before an offset
	pace  Pace
	stall time.Duration
	dog   *time.Timer // runs while the transport is busy with our bytes

	ctx    context.Context // ends with stop, which must not wait for pace
	cancel context.CancelFunc

	mu      sync.Mutex
	off     int64         // what lies before it was handed to the transport
	buf     []byte        // never another body's: a transport may still write from it after stop
	window  []byte        // of buf: read from src, not yet handed over
	waited  time.Duration // for pace
	err     error         // why src could not be read
	stopped bool
}

// start gives the body what it needs of the request that it belongs to.
func (b *body) start(ctx context.Context, dog *time.Timer, cfg Config) {
	b.ctx, b.cancel = context.WithCancel(ctx)
	b.dog, b.stall, b.pace = dog, cfg.StallTimeout, cfg.Pace
}

// Read implements [io.Reader].
func (b *body) Read(p []byte) (int, error) {
	next, err := b.next(len(p))
	return copy(p, next), err
}

// next returns the next bytes, at most n, valid until it is called again. That
// happens only when the transport has written what the last call returned, so it
// is also the sign of life that the watchdog waits for. The time that the disk
// takes, or the pace, does not count as a stall of the network.
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

// allowed waits until some of the next n bytes may go, and returns how many.
func (b *body) allowed(n int) (int, error) {
	if b.pace == nil {
		return n, nil
	}
	begin := time.Now()
	n, err := b.pace(b.ctx, n)
	b.waited += time.Since(begin)
	return n, err
}

// Close is the transport's to call and has nothing to release: the file stays
// open for the next attempt.
func (b *body) Close() error { return nil }

// stop waits for a read that is under way, lets no other begin, and returns
// the error of the source, if there was one.
func (b *body) stop() error {
	b.cancel()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
	return b.err
}
