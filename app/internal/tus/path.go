package tus

import (
	"context"
	"net/http/httptrace"
	"sync"
	"time"
)

const (
	// longPath is a round trip from which one stream may not use the full bandwidth:
	// another continent, or a mobile network.
	longPath = 25 * time.Millisecond
	// slowStream is a speed, in bytes per second, below which packet loss may limit one
	// stream even on a short path.
	slowStream = 2e6
	// telling is how long a request must send before its speed is meaningful.
	telling = 2 * time.Second
	// forgetful is the age at which a measurement is discarded.
	forgetful = 10 * time.Minute
)

// path holds measurements of the path to the server.
type path struct {
	mu   sync.Mutex
	trip time.Duration // shortest round trip; 0 if unknown
	rate float64       // bytes per second of the last meaningful stream; 0 if unknown
	at   time.Time     // when trip was first measured, or rate last
}

func (p *path) fresh(now time.Time) {
	if now.Sub(p.at) > forgetful {
		p.trip, p.rate, p.at = 0, 0, now
	}
}

func (p *path) tripped(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fresh(time.Now())
	if d > 0 && (p.trip == 0 || d < p.trip) {
		p.trip = d
	}
}

// sent records the speed of one stream. It ignores streams that were delayed by a pace,
// and streams so short that their content was still in buffers.
func (p *path) sent(bytes int64, took, waited time.Duration) {
	if took < telling || waited > took/4 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fresh(time.Now())
	p.rate = float64(bytes) / took.Seconds()
}

// limits reports whether several streams may be faster than one.
func (p *path) limits() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fresh(time.Now())
	return p.trip >= longPath || p.rate > 0 && p.rate < slowStream
}

// seconds returns how long one stream takes to send the bytes; 0 if unknown.
func (p *path) seconds(bytes int64) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rate == 0 {
		return 0
	}
	return float64(bytes) / p.rate
}

// watch measures the round trip of one request: from its end to the response if it has
// no content, otherwise from its header to 100 Continue.
func (p *path) watch(ctx context.Context, k call) context.Context {
	var mu sync.Mutex
	var asked time.Time
	ask := func() {
		mu.Lock()
		defer mu.Unlock()
		asked = time.Now()
	}
	answered := func() {
		mu.Lock()
		defer mu.Unlock()
		if !asked.IsZero() {
			p.tripped(time.Since(asked))
		}
		asked = time.Time{}
	}
	trace := &httptrace.ClientTrace{}
	if k.body == nil {
		trace.WroteRequest = func(httptrace.WroteRequestInfo) { ask() }
		trace.GotFirstResponseByte = answered
	} else {
		trace.Wait100Continue = ask
		trace.Got100Continue = answered
	}
	return httptrace.WithClientTrace(ctx, trace)
}
