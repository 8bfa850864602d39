package tus

import (
	"net/http"
	"net/url"
	"sync"

	"handover/backend/api"
)

const (
	// LeastRequest is the smallest size of requests after detecting a limit, in bytes.
	LeastRequest = 64 << 10
	// mostHalved is the largest size from which halving starts when a proxy refuses a
	// request: no common limit exceeds it.
	mostHalved = 256 << 20
	// telltale is how much content a connection must take, without any of it reaching
	// the server, to show that a proxy buffers requests.
	telltale = 8 << 20
)

// requests limits the content of one request, for proxies that refuse large requests or
// buffer them until they are complete.
type requests struct {
	mu   sync.Mutex
	most int64 // bytes; 0 for no limit
	// lost has failed requests by the upload's URL, until the server's offset shows
	// how much arrived.
	lost map[string]lostRequest
}

// lostRequest is the content that a connection took in a failed request.
type lostRequest struct{ from, taken int64 }

// bound returns the limit of one request's content, in bytes; 0 for no limit.
func (r *requests) bound() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.most
}

// shrink halves the limit after a request of the given size failed. It reports whether
// the limit became smaller.
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

// refusesSize reports whether a proxy refused a request because of its size, and the
// limit has become smaller.
func (c *Client) refusesSize(err error, size int64) bool {
	f := api.ForeignIn(err)
	return f != nil && f.Status == http.StatusRequestEntityTooLarge && c.shrink(size)
}

// lose records a failed request whose content the connection had taken from an offset
// on. Amounts that fit into a proxy's buffers do not count.
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

// arrived compares the server's offset with a failed request. If none of its content
// arrived, a proxy buffers requests and the limit becomes smaller; arrived reports that.
func (c *Client) arrived(u *url.URL, offset int64) (shrunk bool) {
	c.requests.mu.Lock()
	lost, ok := c.requests.lost[u.String()]
	delete(c.requests.lost, u.String())
	c.requests.mu.Unlock()
	return ok && offset <= lost.from && c.shrink(lost.taken)
}
