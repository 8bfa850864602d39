package tus

import (
	"net/http"
	"net/url"
	"sync"

	"handover/backend/api"
)

const (
	// LeastRequest is how small requests become at the least, in bytes of content.
	LeastRequest = 64 << 10
	// mostHalved is the size of which the first half is tried when a proxy
	// refuses a request: no common limit is above it.
	mostHalved = 256 << 20
	// telltale is how much content a connection has to take, without any
	// reaching the server, to show a proxy that holds requests back.
	telltale = 8 << 20
)

// requests bounds the content of one request, for proxies that refuse large
// ones or hold them back until they are whole.
type requests struct {
	mu   sync.Mutex
	most int64 // bytes; 0 for no bound
	// lost has the requests that failed, by the upload's URL, until the server
	// says what arrived.
	lost map[string]lostRequest
}

// lostRequest is content that a connection took in a request that failed.
type lostRequest struct{ from, taken int64 }

// bound returns the most content of one request, in bytes; 0 for no bound.
func (r *requests) bound() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.most
}

// shrink halves requests after one of so many bytes did not get through. It
// reports whether a smaller one is left to try.
func (c *Client) shrink(size int64) bool {
	if size <= LeastRequest {
		return false
	}
	next := max(min(size, mostHalved)/2, LeastRequest)
	c.requests.mu.Lock()
	smaller := c.requests.most == 0 || next < c.requests.most
	if smaller {
		c.requests.most = next
	}
	c.requests.mu.Unlock()
	if smaller && c.cfg.Shrunk != nil {
		c.cfg.Shrunk(next)
	}
	return true
}

// refusesSize reports whether a proxy refused a request of so many bytes for
// its size, and requests have become smaller.
func (c *Client) refusesSize(err error, size int64) bool {
	f := api.ForeignIn(err)
	return f != nil && f.Status == http.StatusRequestEntityTooLarge && c.shrink(size)
}

// lose notes a request that failed after the connection had taken content from
// an offset on. What a proxy's buffers hold anyway does not count.
func (r *requests) lose(u *url.URL, from, taken int64, whole bool) {
	if taken < telltale && !(whole && taken > LeastRequest) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost == nil {
		r.lost = map[string]lostRequest{}
	}
	r.lost[u.String()] = lostRequest{from, taken}
}

// arrived compares the server's offset with a request that failed. When none of
// it arrived, something on the way held it back, and the next ones are smaller;
// arrived reports that.
func (c *Client) arrived(u *url.URL, offset int64) (shrunk bool) {
	c.requests.mu.Lock()
	lost, ok := c.requests.lost[u.String()]
	delete(c.requests.lost, u.String())
	c.requests.mu.Unlock()
	return ok && offset <= lost.from && c.shrink(lost.taken)
}
