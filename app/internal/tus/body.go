package tus

import (
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
	mu      sync.Mutex
	src     *source
	off     int64 // what lies before it was handed to the transport
	end     int64
	window  []byte      // read from src, not yet handed over
	took    func(int64) // told that the transport took all before an offset
	dog     *time.Timer // runs while the transport is busy with our bytes
	stall   time.Duration
	err     error // why src could not be read
	stopped bool
}

// Read is called again only when the transport has written what the last call
// returned, so it is also the sign of life that the watchdog waits for. The
// time that the disk takes does not count as a stall of the network.
func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped {
		return 0, errBodyStopped
	}
	b.dog.Stop()
	defer b.dog.Reset(b.stall)
	b.took(b.off)
	if b.off == b.end {
		return 0, io.EOF
	}
	if len(b.window) == 0 {
		if b.window, b.err = b.src.read(b.off, b.end); b.err != nil {
			return 0, b.err
		}
	}
	n := copy(p, b.window)
	b.window = b.window[n:]
	b.off += int64(n)
	return n, nil
}

// Close is the transport's to call and has nothing to release: the file stays
// open for the next attempt.
func (b *body) Close() error { return nil }

// stop waits for a Read that is under way, lets no other begin, and returns
// the error of the source, if there was one.
func (b *body) stop() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
	return b.err
}
