package tus

import (
	"context"
	"net/http/httptrace"
	"sync"
	"time"
)

const (
	// longPath is a round trip from which one stream may not fill a line:
	// another continent, or a mobile network.
	longPath = 25 * time.Millisecond
	// slowStream is a speed, in bytes a second, below which one stream may be
	// held down by losses however short the path is.
	slowStream = 2e6
	// telling is how long a request must have sent to say something of speed.
	telling = 2 * time.Second
	// forgetful is when what was measured says nothing any more.
	forgetful = 10 * time.Minute
)

// path is what was measured of the way to the server.
type path struct {
	mu   sync.Mutex
	trip time.Duration // the shortest round trip; 0 for unknown
	rate float64       // bytes a second of the last telling stream; 0 for unknown
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

// sent notes what one stream did. What a pace held back says nothing of the
// path, and what took no time to send was still in buffers.
func (p *path) sent(bytes int64, took, waited time.Duration) {
	if took < telling || waited > took/4 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fresh(time.Now())
	p.rate = float64(bytes) / took.Seconds()
}

// limits reports whether several streams may be faster than one here.
func (p *path) limits() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fresh(time.Now())
	return p.trip >= longPath || p.rate > 0 && p.rate < slowStream
}

// seconds is how long one stream needs for so many bytes; 0 for unknown.
func (p *path) seconds(bytes int64) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rate == 0 {
		return 0
	}
	return float64(bytes) / p.rate
}

// watch measures the round trip of one request: from its end to the answer
// when it has no content, else from its header to the server's consent.
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
