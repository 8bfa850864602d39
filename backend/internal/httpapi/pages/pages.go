// Package pages serves HTML pages to browsers: the buyer's page with its assets
// and cookies, and the page that opens an order in the window.
package pages

import (
	"bytes"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"strconv"

	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/problem"
)

// Config says how the pages are served.
type Config struct {
	access.Authorizer
	Pages  fs.FS  // the built buyer's page; nil when the server was built without it
	Base   string // the path of the public address, escaped; "" for none
	Secure bool   // buyers use https
	Log    *slog.Logger
}

// handler serves the pages.
type handler struct {
	Config
	packed packed
}

// Register adds the routes of the pages.
func Register(routes *http.ServeMux, c Config) {
	s := &handler{Config: c}
	routes.HandleFunc("GET /review/{token...}", s.openReview)
	routes.HandleFunc("GET /review/look/{token...}", s.openView)
	routes.HandleFunc("GET /review/order/{id}", s.reviewPage)
	routes.HandleFunc("GET /review/order/{id}/{rest...}", s.reviewPage)
	routes.HandleFunc("GET /review/assets/{asset...}", s.asset)
	routes.HandleFunc("GET /open/{id}", s.openInApp)
}

// pagePolicy allows the buyer's page its own scripts and styles and nothing else.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *handler) reviewPage(w http.ResponseWriter, _ *http.Request) {
	s.page(w, http.StatusOK)
}

func (s *handler) page(w http.ResponseWriter, status int) {
	if s.Pages == nil {
		http.Error(w, "The review page is missing: this server was built without its frontend. The API is there.", http.StatusServiceUnavailable)
		return
	}
	index, err := fs.ReadFile(s.Pages, "index.html")
	if err != nil {
		problem.Refuse(w, err, s.Log)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.WriteHeader(status)
	// The build does not know the path of the public address.
	w.Write(bytes.ReplaceAll(index, []byte(`="/review/`), []byte(`="`+s.Base+`/review/`)))
}

// asset serves files whose names contain a hash of their content, and which
// therefore never change. A worker obeys the policy of its own script, so
// assets have the page's policy.
func (s *handler) asset(w http.ResponseWriter, r *http.Request) {
	name := path.Join("assets", r.PathValue("asset"))
	if s.Pages == nil || !fs.ValidPath(name) {
		http.NotFound(w, r)
		return
	}
	if info, err := fs.Stat(s.Pages, name); err != nil || info.IsDir() {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Vary", "Accept-Encoding")
	if takesGzip(r) {
		if content, ok := s.packed.of(s.Pages, name); ok {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
			w.Header().Set("Content-Length", strconv.Itoa(len(content)))
			w.Write(content)
			return
		}
	}
	http.ServeFileFS(w, r, s.Pages, name)
}
