// Package httpapi is the server's HTTP interface: it authorises each request
// by party and order, asks package order, and translates.
package httpapi

import (
	"context"
	"crypto/ed25519"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"handover/backend/api"
	"handover/backend/internal/download"
	"handover/backend/order"
)

// Files opens the bytes of finished uploads.
type Files interface {
	OpenFile(ctx context.Context, id string) (io.ReadSeekCloser, error)
}

// Redirect returns an address at which the content of a finished upload can be had
// for a short while, with these headers, without asking this server.
type Redirect func(ctx context.Context, id, contentType, disposition string) (string, error)

// Config is what the interface is made of.
type Config struct {
	Gate
	Profile Profile
	Files   Files
	// Redirect sends who downloads a single file elsewhere; nil for nobody.
	Redirect   Redirect
	Thumbnails Thumbnails
	Renditions Renditions
	Uploads    http.Handler // the tus protocol, below /uploads/
	Pages      fs.FS        // the buyer's page as built; nil when it was not
	Secure     bool         // buyers come by https
	// TrustProxy means that every request comes through a proxy that says in
	// X-Forwarded-For who asked it.
	TrustProxy bool
	Meter      Meter
	// PublicMetrics shows /metrics to everybody, not only to this computer.
	PublicMetrics bool
	// Ready returns what keeps the server from doing its work, beside the store.
	Ready func() error
	// PublicURL is what links to the server begin with, as receipts say it.
	PublicURL  string
	ReceiptKey ed25519.PrivateKey
	Activity   Activity
	Version    string
	Log        *slog.Logger
	// Closing is closed when the server stops; long answers end then.
	Closing <-chan struct{}
}

// Server answers requests.
type Server struct {
	Config
	api  huma.API
	mux  *http.ServeMux
	base base
	// signedOut rings when a session ends, for the streams that live by it.
	signedOut bell
	packed    packed
	checksums download.Checksums
}

// The sizes of request bodies, in bytes. A delivery may name 10,000 files.
const (
	maxBody         = 64 << 10
	maxDeliveryBody = 16 << 20
)

// New wires the routes.
func New(c Config) http.Handler {
	s := &Server{Config: c, mux: http.NewServeMux(), base: baseOf(c.PublicURL)}
	s.api = humago.New(s.mux, description(c.Version))
	s.api.UseMiddleware(s.unpack)
	s.routes()
	s.serveDescriptions()
	s.mux.Handle("/uploads/", s.received(c.Uploads))
	s.mux.HandleFunc("GET /api/v1/orders/{id}/deliveries/{n}/files/{file}", s.file)
	s.mux.HandleFunc("GET /api/v1/orders/{id}/deliveries/{n}/files/{file}/preview", s.preview)
	s.mux.HandleFunc("GET /api/v1/orders/{id}/deliveries/{n}/files/{file}/thumbnail", s.thumbnail)
	s.mux.HandleFunc("GET /api/v1/orders/{id}/deliveries/{n}/files/{file}/rendition", s.rendition)
	s.mux.HandleFunc("GET /api/v1/orders/{id}/deliveries/{n}/archive.zip", s.archive)
	s.mux.HandleFunc("GET /api/v1/orders/{id}/deliveries/{n}/receipt", s.receipt)
	s.mux.HandleFunc("GET /api/v1/earnings.csv", s.earningsCSV)
	s.mux.HandleFunc("GET /api/v1/events", s.events)
	s.mux.HandleFunc("/api/", s.noRoute)
	s.mux.HandleFunc("GET /review/{token...}", s.openReview)
	s.mux.HandleFunc("GET /review/look/{token...}", s.openView)
	s.mux.HandleFunc("GET /review/order/{id}", s.reviewPage)
	s.mux.HandleFunc("GET /review/order/{id}/{rest...}", s.reviewPage)
	s.mux.HandleFunc("GET /review/assets/{asset...}", s.reviewAsset)
	s.mux.HandleFunc("GET /open/{id}", s.openInApp)
	s.mux.HandleFunc("GET /healthz", s.healthy)
	s.mux.HandleFunc("GET /readyz", s.ready)
	s.mux.HandleFunc("GET /metrics", s.metrics)
	return s.mount(s.watch(s.guard(s.mux)))
}

// nothingActs is the policy of all that is no page and no file: should a browser
// ever show an answer as a page, nothing in it runs or loads.
const nothingActs = "default-src 'none'; frame-ancestors 'none'"

// guard refuses actions that another site makes a buyer's browser send, and
// sets the headers that every answer carries. Programs send no Origin and pass.
func (s *Server) guard(next http.Handler) http.Handler {
	crossSite := http.NewCrossOriginProtection()
	crossSite.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, newProblem(http.StatusForbidden, "cross_site", "requests from other sites are refused"))
	}))
	next = crossSite.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set(api.VersionHeader, s.Version) // programs tell our answers from a proxy's by it
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", nothingActs)
		next.ServeHTTP(w, r)
	})
}

func description(version string) huma.Config {
	c := huma.DefaultConfig("Handover", version)
	c.CreateHooks = nil                // no $schema links in answers
	c.DocsPath, c.OpenAPIPath = "", "" // see serveDescriptions
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "a seller's session, or the token of a buyer's review link or of a link to look"},
	}
	return c
}

// op describes a route, with its text in explained.
func op(method, path, id, summary string, auth huma.Middlewares, errors ...int) huma.Operation {
	o := huma.Operation{
		Method: method, Path: path, OperationID: id, Summary: summary, Description: explained[id],
		Middlewares: auth, Errors: append(errors, http.StatusInternalServerError), MaxBodyBytes: maxBody,
	}
	if auth != nil {
		o.Security = []map[string][]string{{"bearer": {}}}
		o.Errors = append(o.Errors, http.StatusUnauthorized, http.StatusNotFound)
	}
	return o
}

func (s *Server) routes() {
	seller, either := huma.Middlewares{s.sellerOnly}, huma.Middlewares{s.anyParty}
	conflict := []int{http.StatusForbidden, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity}

	huma.Register(s.api, op("POST", "/api/v1/session", "sign-in", "Sign a seller in", nil, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests), s.signIn)
	huma.Register(s.api, op("DELETE", "/api/v1/session", "sign-out", "Sign out", seller), s.signOut)
	huma.Register(s.api, op("GET", "/api/v1/server", "about", "What this server is and allows", nil), s.about)
	huma.Register(s.api, op("GET", "/api/v1/orders", "list-orders", "A seller's orders, soonest due first", seller), s.listOrders)
	huma.Register(s.api, op("GET", "/api/v1/orders/summary", "summary", "How many orders a seller has in each status", seller), s.summary)
	s.placeRoutes(seller)
	s.draftNoteRoutes(seller)
	huma.Register(s.api, op("GET", "/api/v1/orders/{id}", "order", "One order", huma.Middlewares{s.anyReader}, http.StatusNotModified), s.getOrder)
	huma.Register(s.api, op("PATCH", "/api/v1/orders/{id}", "change-order", "Change what was agreed on, and the seller's notes", seller, conflict...), s.editOrder)
	delivering := op("POST", "/api/v1/orders/{id}/deliveries", "deliver", "Deliver work", seller, conflict...)
	delivering.MaxBodyBytes, delivering.BodyReadTimeout, delivering.DefaultStatus = maxDeliveryBody, slowBody, http.StatusCreated
	huma.Register(s.api, delivering, s.deliver)

	s.action("accept", "Accept the delivery", order.Accept, conflict)
	huma.Register(s.api, op("POST", "/api/v1/orders/{id}/changes", "request-changes", "Ask for changes", either, conflict...), s.requestChanges)
	huma.Register(s.api, op("POST", "/api/v1/orders/{id}/extension", "extend-review", "Extend the review", either, conflict...), s.extend)
	huma.Register(s.api, op("POST", "/api/v1/orders/{id}/messages", "write-message", "Write a message", either, conflict...), s.withMessage(order.WriteMessage))
	huma.Register(s.api, op("POST", "/api/v1/orders/{id}/cancellation", "propose-cancellation", "Propose to cancel", either, conflict...), s.withMessage(order.ProposeCancellation))
	s.action("cancellation/agree", "Agree to cancel", order.AgreeCancellation, conflict)
	s.action("cancellation/decline", "Decline to cancel", order.DeclineCancellation, conflict)
	s.action("cancellation/withdraw", "Withdraw the proposal to cancel", order.WithdrawCancellation, conflict)
	s.reviewLinkRoutes(seller)
	s.viewLinkRoutes(either)
	s.timeZoneRoutes(either)
	s.historyRoutes(either)
	s.commentRoutes(huma.Middlewares{s.anyReader})
	s.accountRoutes()
	huma.Register(s.api, op("GET", "/api/v1/earnings", "earnings", "Where a seller's money stands, by currency and month", seller), s.earnings)
	huma.Register(s.api, op("GET", "/api/v1/server/key", "server-key", "The public key that verifies receipts", nil), s.serverKey)
	s.describeStreams()
	s.describeUploads()
	s.describeWebhooks()
	s.describeNull()
}

func (s *Server) about(context.Context, *struct{}) (*body[api.Server], error) {
	return &body[api.Server]{api.Server{
		Version: s.Version, MaxFileSize: s.Policy.MaxFileSize,
		ReviewPeriod: s.Policy.ReviewPeriod.String(), ClearingPeriod: s.Policy.ClearingPeriod.String(), Time: s.Now(),
	}}, nil
}

func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) {
	w.Write([]byte("ok\n"))
}

// readyWithin is how long the store may take to show that it answers.
const readyWithin = 5 * time.Second

// ready asks the store and the uploads, so that a server whose disk is gone or
// full gets no requests.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	_, err := s.Store.EventLog.LastSeq(ctx)
	what := "the store does not answer\n"
	if err == nil {
		err, what = s.Ready(), "uploads cannot be stored\n"
	}
	if err != nil {
		s.Log.Error("not ready", "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		w.Write([]byte(what))
		return
	}
	w.Write([]byte("ready\n"))
}
