package middleware

import (
	"io"
	"net/http"
	"net/netip"
	"time"

	"handover/backend/internal/httpapi/problem"
)

// Meter counts what the interface does.
type Meter interface {
	// Answered counts a request by the pattern of its route.
	Answered(route string, status int, took time.Duration)
	// Receiving counts an upload as open until done is called.
	Receiving() (done func())
	// Received counts n further bytes of uploads.
	Received(n int)
	// Handler serves the counts to Prometheus.
	Handler() http.Handler
}

// Received counts the bytes of uploads as they arrive.
func Received(meter Meter, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch || r.Method == http.MethodPost {
			defer meter.Receiving()()
			r.Body = &counted{r.Body, meter}
		}
		next.ServeHTTP(w, r)
	})
}

type counted struct {
	io.ReadCloser
	meter Meter
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.meter.Received(n)
	return n, err
}

// Metrics serves the counts to programs on this computer, and to others only if
// public. A request that came through a proxy counts as from elsewhere.
func Metrics(meter Meter, public bool) http.HandlerFunc {
	counts := meter.Handler()
	return func(w http.ResponseWriter, r *http.Request) {
		if !public && !fromHere(r) {
			problem.Write(w, errNoRoute)
			return
		}
		counts.ServeHTTP(w, r)
	}
}

func fromHere(r *http.Request) bool {
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}
