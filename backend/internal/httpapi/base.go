package httpapi

import (
	"net/http"
	"net/url"
	"strings"
)

// base is the path of the public address, such as /handover, as decoded and as
// it is written in headers. Both are empty when the server has a host to itself.
type base struct{ path, escaped string }

func baseOf(publicURL string) base {
	u, err := url.Parse(publicURL)
	if err != nil {
		return base{}
	}
	return base{strings.TrimRight(u.Path, "/"), strings.TrimRight(u.EscapedPath(), "/")}
}

// locate puts the public path before a path in Location. Handlers know nothing
// of the public path: they name paths from the server's root.
func (b base) locate(h http.Header) {
	if to := h.Get("Location"); b.path != "" && strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") {
		h.Set("Location", b.escaped+to)
	}
}

// mount answers below the public path, which a proxy may take away from what it
// passes on, or leave.
func (s *Server) mount(next http.Handler) http.Handler {
	if s.base.path == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, s.fromRoot(r))
	})
}

// fromRoot takes the public path away from a request that has it. It asks the
// routes, because the public path may be named as one of them is.
func (s *Server) fromRoot(r *http.Request) *http.Request {
	rest, ok := strings.CutPrefix(r.URL.Path, s.base.path+"/")
	if !ok {
		return r
	}
	moved, address := *r, *r.URL
	moved.URL = &address
	address.Path = "/" + rest
	address.RawPath = strings.TrimPrefix(r.URL.RawPath, s.base.escaped)
	if _, pattern := s.mux.Handler(&moved); pattern == "" {
		return r
	}
	return &moved
}
