// Package backoff limits requests while a proxy or portal responds instead of the server,
// however many uploads and requests are waiting.
package backoff

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"handover/backend/api"
)

// Delays are the default waits after foreign responses in a row; the last one repeats. A
// program has four kinds of requests, so at most 12 requests per minute meet such
// responses.
func Delays() []time.Duration {
	return []time.Duration{6 * time.Second, 18 * time.Second, 36 * time.Second, time.Minute}
}

// Gate is an [api.Gate]. After a foreign response, requests of the same kind wait; then one
// is sent first. Kinds are separate, because a proxy may block only some, such as
// DELETE.
type Gate struct {
	delays []time.Duration
	// small is the size, in bytes, from which an upload reacts to 413 with smaller
	// requests instead of waiting.
	small int64

	mu    sync.Mutex
	kinds map[string]*kind
}

// kind is the state of a kind of requests that met foreign responses.
type kind struct {
	failures int
	method   string      // of the last foreign response
	seen     api.Foreign // the last foreign response
	at       time.Time   // when it came
	until    time.Time   // when the next request may be sent
}

// NewGate returns an open gate. After a 413, uploads larger than small bytes may be sent again
// at once in smaller requests.
func NewGate(delays []time.Duration, small int64) *Gate {
	return &Gate{delays: delays, small: small, kinds: map[string]*kind{}}
}

// Open allows the next request of each kind now, because the network may have changed or
// the seller asks for it.
func (g *Gate) Open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open()
}

func (g *Gate) open() {
	for _, k := range g.kinds {
		k.until = time.Time{}
	}
}

// Enter implements [api.Gate].
func (g *Gate) Enter(r *http.Request) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	k := g.kinds[kindOf(r)]
	if k == nil {
		return nil
	}
	now := time.Now()
	if wait := k.until.Sub(now); wait > 0 {
		held := k.seen
		held.Wait, held.Held = wait, true
		return &held
	}
	k.until = now.Add(g.delay(k.failures)) // the others wait for this response
	return nil
}

// Left implements [api.Gate].
func (g *Gate) Left(r *http.Request, began time.Time, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	name := kindOf(r)
	k, foreign := g.kinds[name], api.ForeignIn(err)
	switch {
	case foreign != nil:
		if !g.shrinks(r, foreign) {
			g.failed(name, r, began, foreign)
		}
	case err != nil || k == nil:
	case k.method == r.Method:
		delete(g.kinds, name)
		g.open() // the others may succeed again, too
	default:
		k.until = time.Time{} // allow an attempt of the blocked method
	}
}

// failed counts a foreign response. Requests that were sent at the same time count once.
func (g *Gate) failed(name string, r *http.Request, began time.Time, foreign *api.Foreign) {
	k := g.kinds[name]
	if k == nil {
		k = &kind{}
		g.kinds[name] = k
	}
	now := time.Now()
	if k.failures == 0 || began.After(k.at) {
		k.failures++
		k.until = now.Add(max(g.delay(k.failures), foreign.Wait))
	}
	k.method, k.seen, k.at = r.Method, *foreign, now
	foreign.Wait = max(foreign.Wait, k.until.Sub(now))
}

// delay returns the wait after a number of foreign responses. It is random, so that programs
// do not all return at the same time.
func (g *Gate) delay(failures int) time.Duration {
	d := g.delays[min(max(failures, 1), len(g.delays))-1]
	return d + rand.N(d/8+1)
}

// shrinks reports whether the upload continues with smaller requests.
func (g *Gate) shrinks(r *http.Request, foreign *api.Foreign) bool {
	return foreign.Status == http.StatusRequestEntityTooLarge && uploads(r) && r.ContentLength > g.small
}

func uploads(r *http.Request) bool { return strings.Contains(r.URL.Path, "/uploads/") }

// kindOf returns the kind of a request. All requests of an upload are one kind, because they
// depend on each other.
func kindOf(r *http.Request) string {
	if uploads(r) && r.Method != http.MethodDelete {
		return "upload"
	}
	if uploads(r) {
		return "drop"
	}
	return r.Method
}
