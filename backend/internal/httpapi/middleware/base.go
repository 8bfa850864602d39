package middleware

import (
	"net/http"
	"net/url"
	"strings"
)

// Base is the path of the public address, such as /handover, decoded and as
// written in headers. Both are empty when the server is at the root of its host.
type Base struct{ path, Escaped string }

// NewBase returns the path of an address; an invalid address has none.
func NewBase(publicURL string) Base {
	u, err := url.Parse(publicURL)
	if err != nil {
		return Base{}
	}
	return Base{strings.TrimRight(u.Path, "/"), strings.TrimRight(u.EscapedPath(), "/")}
}

// locate puts the public path before a path in Location. Handlers do not know
// the public path: they name paths from the server's root.
func (b Base) locate(h http.Header) {
	if to := h.Get("Location"); b.path != "" && strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") {
		h.Set("Location", b.Escaped+to)
	}
}

// Mount serves next below the public path, and also at the root, because some
// proxies remove the public path from the requests that they pass on.
func (b Base) Mount(routes *http.ServeMux, next http.Handler) http.Handler {
	if b.path == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, b.fromRoot(routes, r))
	})
}

// fromRoot removes the public path from a request that has it. It tries the
// routes first, because the public path may have the name of a route.
func (b Base) fromRoot(routes *http.ServeMux, r *http.Request) *http.Request {
	rest, ok := strings.CutPrefix(r.URL.Path, b.path+"/")
	if !ok {
		return r
	}
	moved, address := *r, *r.URL
	moved.URL = &address
	address.Path = "/" + rest
	address.RawPath = strings.TrimPrefix(r.URL.RawPath, b.Escaped)
	if _, pattern := routes.Handler(&moved); pattern == "" {
		return r
	}
	return &moved
}
