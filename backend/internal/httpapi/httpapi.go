// Package httpapi is the server's HTTP interface. It authorizes each request by
// party and order, calls package order or the store, and translates the answer.
// Its subfolders hold the parts that are not JSON routes.
package httpapi

import (
	"crypto/ed25519"
	"io/fs"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/delivered"
	"handover/backend/internal/httpapi/live"
	"handover/backend/internal/httpapi/middleware"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/httpapi/pages"
)

// Config has the parts that the interface uses.
type Config struct {
	Authorizer access.Authorizer
	Placement  Placement
	Profile    Profile
	Files      delivered.Files
	Redirect   delivered.Redirect // for downloads of single files; nil to serve them here
	Thumbnails delivered.Thumbnails
	Renditions delivered.Renditions
	Activity   delivered.Activity
	Uploads    http.Handler // the tus protocol, below /uploads/
	Pages      fs.FS        // the built buyer's page; nil when the server was built without it
	Secure     bool         // buyers use https
	// TrustProxy means that every request comes through a proxy that writes the
	// client's address into X-Forwarded-For.
	TrustProxy    bool
	Meter         middleware.Meter
	PublicMetrics bool // other computers may read /metrics
	// Ready returns the reason why uploads cannot be stored now.
	Ready      func() error
	PublicURL  string // of the server, for links and receipts
	ReceiptKey ed25519.PrivateKey
	Version    string
	Log        *slog.Logger
	Closing    <-chan struct{} // closed when the server stops; long answers end then
}

// New wires the routes.
func New(c Config) http.Handler {
	mux, base, signedOut := http.NewServeMux(), middleware.NewBase(c.PublicURL), &live.Bell{}
	files := delivered.New(delivered.Config{
		Authorizer: c.Authorizer, Files: c.Files, Redirect: c.Redirect, Thumbnails: c.Thumbnails, Renditions: c.Renditions,
		Activity: c.Activity, PublicURL: c.PublicURL, ReceiptKey: c.ReceiptKey, Log: c.Log,
	})
	r := c.routes(mux)
	r.api.UseMiddleware(middleware.Unpack(r.api))
	c.register(r, files, signedOut)
	files.Register(mux)
	openapi.Serve(mux, r.api, c.PublicURL, c.Log)
	pages.Register(mux, pages.Config{Authorizer: c.Authorizer, Pages: c.Pages, Base: base.Escaped, Secure: c.Secure, Log: c.Log})
	mux.Handle("GET /api/v1/events", &live.Events{Authorizer: c.Authorizer, SignedOut: signedOut, Closing: c.Closing, Log: c.Log})
	mux.Handle("/uploads/", middleware.Received(c.Meter, c.Uploads))
	mux.HandleFunc("/api/", middleware.NoRoute(mux))
	mux.HandleFunc("GET /metrics", middleware.Metrics(c.Meter, c.PublicMetrics))
	watcher := middleware.Watcher{Base: base, TrustProxy: c.TrustProxy, Meter: c.Meter, Log: c.Log}
	return base.Mount(mux, watcher.Watch(middleware.Guard(c.Version, mux)))
}

// OpenAPI returns the description of the interface as JSON, in OpenAPI 3.1, or in
// 3.0 for older tools.
func OpenAPI(version string, older bool) ([]byte, error) {
	c := Config{Version: version}
	r := c.routes(http.NewServeMux())
	c.register(r, nil, nil)
	forms, err := openapi.Forms(r.api, "")
	if older {
		return forms["/openapi-3.0.json"], err
	}
	return forms["/openapi.json"], err
}

func (c Config) routes(mux *http.ServeMux) *routes {
	return &routes{mux: mux, api: humago.New(mux, openapi.Config(c.Version)), access: c.Authorizer, log: c.Log}
}

// register adds the routes of every resource.
func (c Config) register(r *routes, files visits, signedOut *live.Bell) {
	records, now, policy := c.Authorizer.Store, c.Authorizer.Now, c.Authorizer.Policy
	o := &orders{access: c.Authorizer, store: records.Orders}
	v := &views{accounts: records.Accounts, annotations: records.Annotations, now: now, policy: policy}

	sessionRoutes{accounts: c.Authorizer.Accounts, signedOut: signedOut}.register(r)
	accountRoutes{profile: c.Profile, signedOut: signedOut}.register(r)
	orderRoutes{orders: o, store: records.Orders, views: v, visits: files, now: now, policy: policy}.register(r)
	placementRoutes{placement: c.Placement, views: v}.register(r)
	actionRoutes{orders: o, views: v, publicURL: c.PublicURL, now: now, policy: policy}.register(r)
	reviewLinkRoutes{orders: o, placement: c.Placement, now: now, policy: policy}.register(r)
	viewLinkRoutes{orders: o, placement: c.Placement, now: now, policy: policy}.register(r)
	commentRoutes{orders: o, store: records.Annotations, now: now, policy: policy}.register(r)
	historyRoutes{orders: o, events: records.EventLog}.register(r)
	noteRoutes{orders: o, store: records.Orders, annotations: records.Annotations, now: now}.register(r)
	earningsRoutes{ledger: records.Ledger, access: c.Authorizer, log: c.Log}.register(r)
	serverRoutes{
		version: c.Version, receiptKey: c.ReceiptKey, events: records.EventLog, uploads: c.Ready, now: now, policy: policy, log: c.Log,
	}.register(r)
	openapi.Complete(r.api)
}
