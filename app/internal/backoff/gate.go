// Package backoff spaces requests while something on the way answers in the
// server's place, however many uploads and questions wait.
package backoff

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"handover/backend/api"
)

// Delays are the usual waits after foreign answers, one after the other; the
// last one repeats. With the four kinds of requests that a program has under
// way, at most 12 requests a minute meet such answers.
func Delays() []time.Duration {
	return []time.Duration{6 * time.Second, 18 * time.Second, 36 * time.Second, time.Minute}
}

// Gate is an [api.Gate]. After a foreign answer, requests of that kind are not
// sent for a while; then one goes first. Kinds are told apart because a proxy
// may refuse only one of them, such as DELETE.
type Gate struct {
	delays []time.Duration
	// small is the content, in bytes, above which an upload answers 413 with
	// smaller requests, without a wait.
	small int64

	mu    sync.Mutex
	kinds map[string]*kind
}

// kind is where a kind of requests stands that met foreign answers.
type kind struct {
	failures int
	method   string      // of the last foreign answer
	seen     api.Foreign // the last one
	at       time.Time   // when it came
	until    time.Time   // when the next request may go
}

// NewGate returns a gate that is open. Uploads whose content is above so many
// bytes may be sent again in smaller requests at once after a 413.
func NewGate(delays []time.Duration, small int64) *Gate {
	return &Gate{delays: delays, small: small, kinds: map[string]*kind{}}
}

// Open has the next request of each kind go now: the way to the server may be
// another one, or the seller asks.
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
	k.until = now.Add(g.delay(k.failures)) // the others wait for the answer to this one
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
		g.open() // the others may get through again too
	default:
		k.until = time.Time{} // the method that did not get through may be tried
	}
}

// failed counts a foreign answer. Requests that were under way together count
// as one.
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

// delay is the wait after so many foreign answers. Chance keeps programs that
// met them together from coming back together.
func (g *Gate) delay(failures int) time.Duration {
	d := g.delays[min(max(failures, 1), len(g.delays))-1]
	return d + rand.N(d/8+1)
}

// shrinks reports whether the upload goes on with smaller requests.
func (g *Gate) shrinks(r *http.Request, foreign *api.Foreign) bool {
	return foreign.Status == http.StatusRequestEntityTooLarge && uploads(r) && r.ContentLength > g.small
}

func uploads(r *http.Request) bool { return strings.Contains(r.URL.Path, "/uploads/") }

// kindOf names the kind of a request. The requests that bring an upload belong
// together, because they follow each other.
func kindOf(r *http.Request) string {
	if uploads(r) && r.Method != http.MethodDelete {
		return "upload"
	}
	if uploads(r) {
		return "drop"
	}
	return r.Method
}
