// Package httpapi is the server's HTTP interface. It authorizes each request by
// party and order, calls package order or the store, and translates the answer.
// Its subfolders hold the parts that are not JSON routes.
package httpapi

import (
	"crypto/ed25519"
	"io/fs"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/delivered"
	"handover/backend/internal/httpapi/live"
	"handover/backend/internal/httpapi/middleware"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/httpapi/pages"
	"handover/backend/order"
)

// Config has the parts that the interface uses.
type Config struct {
	access.Authorizer
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

// Server answers requests.
type Server struct {
	Config
	api       huma.API
	delivered *delivered.Handler
	signedOut live.Bell // rings when a session ends
}

// New wires the routes.
func New(c Config) http.Handler {
	routes, base := http.NewServeMux(), middleware.NewBase(c.PublicURL)
	s := &Server{Config: c, api: humago.New(routes, openapi.Config(c.Version))}
	s.delivered = delivered.New(delivered.Config{
		Authorizer: c.Authorizer, Files: c.Files, Redirect: c.Redirect, Thumbnails: c.Thumbnails, Renditions: c.Renditions,
		Activity: c.Activity, PublicURL: c.PublicURL, ReceiptKey: c.ReceiptKey, Log: c.Log,
	})
	s.api.UseMiddleware(middleware.Unpack(s.api))
	s.routes()
	s.delivered.Register(routes)
	openapi.Serve(routes, s.api, c.PublicURL, c.Log)
	pages.Register(routes, pages.Config{Authorizer: c.Authorizer, Pages: c.Pages, Base: base.Escaped, Secure: c.Secure, Log: c.Log})
	routes.Handle("GET /api/v1/events", &live.Events{Authorizer: c.Authorizer, SignedOut: &s.signedOut, Closing: c.Closing, Log: c.Log})
	routes.HandleFunc("GET /api/v1/earnings.csv", s.earningsCSV)
	routes.Handle("/uploads/", middleware.Received(c.Meter, c.Uploads))
	routes.HandleFunc("/api/", middleware.NoRoute(routes))
	routes.HandleFunc("GET /healthz", s.healthy)
	routes.HandleFunc("GET /readyz", s.ready)
	routes.HandleFunc("GET /metrics", middleware.Metrics(c.Meter, c.PublicMetrics))
	watcher := middleware.Watcher{Base: base, TrustProxy: c.TrustProxy, Meter: c.Meter, Log: c.Log}
	return base.Mount(routes, watcher.Watch(middleware.Guard(c.Version, routes)))
}

// OpenAPI returns the description of the interface as JSON, in OpenAPI 3.1, or in
// 3.0 for older tools.
func OpenAPI(version string, older bool) ([]byte, error) {
	s := &Server{api: humago.New(http.NewServeMux(), openapi.Config(version))}
	s.routes()
	forms, err := openapi.Forms(s.api, "")
	if older {
		return forms["/openapi-3.0.json"], err
	}
	return forms["/openapi.json"], err
}

// maxDeliveryBody is the size of the body of a delivery in bytes. It may name
// 10,000 files.
const maxDeliveryBody = 16 << 20

func (s *Server) routes() {
	seller, either := huma.Middlewares{s.sellerOnly}, huma.Middlewares{s.anyParty}
	conflict := []int{http.StatusForbidden, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity}

	huma.Register(s.api, openapi.Operation("POST", "/api/v1/session", "sign-in", "Sign a seller in", nil, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests), s.signIn)
	huma.Register(s.api, openapi.Operation("DELETE", "/api/v1/session", "sign-out", "Sign out", seller), s.signOut)
	huma.Register(s.api, openapi.Operation("GET", "/api/v1/server", "about", "What this server is and allows", nil), s.about)
	huma.Register(s.api, openapi.Operation("GET", "/api/v1/orders", "list-orders", "A seller's orders, soonest due first", seller), s.listOrders)
	huma.Register(s.api, openapi.Operation("GET", "/api/v1/orders/summary", "summary", "How many orders a seller has in each status", seller), s.summary)
	s.placeRoutes(seller)
	s.draftNoteRoutes(seller)
	huma.Register(s.api, openapi.Operation("GET", "/api/v1/orders/{id}", "order", "One order", huma.Middlewares{s.anyReader}, http.StatusNotModified), s.getOrder)
	huma.Register(s.api, openapi.Operation("PATCH", "/api/v1/orders/{id}", "change-order", "Change what was agreed on, and the seller's notes", seller, conflict...), s.editOrder)
	delivering := openapi.Operation("POST", "/api/v1/orders/{id}/deliveries", "deliver", "Deliver work", seller, conflict...)
	delivering.MaxBodyBytes, delivering.BodyReadTimeout, delivering.DefaultStatus = maxDeliveryBody, slowBody, http.StatusCreated
	huma.Register(s.api, delivering, s.deliver)

	s.action("accept", "Accept the delivery", order.Accept, conflict)
	huma.Register(s.api, openapi.Operation("POST", "/api/v1/orders/{id}/changes", "request-changes", "Ask for changes", either, conflict...), s.requestChanges)
	huma.Register(s.api, openapi.Operation("POST", "/api/v1/orders/{id}/extension", "extend-review", "Extend the review", either, conflict...), s.extend)
	huma.Register(s.api, openapi.Operation("POST", "/api/v1/orders/{id}/messages", "write-message", "Write a message", either, conflict...), s.withMessage(order.WriteMessage))
	huma.Register(s.api, openapi.Operation("POST", "/api/v1/orders/{id}/cancellation", "propose-cancellation", "Propose to cancel", either, conflict...), s.withMessage(order.ProposeCancellation))
	s.action("cancellation/agree", "Agree to cancel", order.AgreeCancellation, conflict)
	s.action("cancellation/decline", "Decline to cancel", order.DeclineCancellation, conflict)
	s.action("cancellation/withdraw", "Withdraw the proposal to cancel", order.WithdrawCancellation, conflict)
	s.reviewLinkRoutes(seller)
	s.viewLinkRoutes(either)
	s.timeZoneRoutes(either)
	s.historyRoutes(either)
	s.commentRoutes(huma.Middlewares{s.anyReader})
	s.accountRoutes()
	huma.Register(s.api, openapi.Operation("GET", "/api/v1/earnings", "earnings", "Where a seller's money stands, by currency and month", seller), s.earnings)
	huma.Register(s.api, openapi.Operation("GET", "/api/v1/server/key", "server-key", "The public key that verifies receipts", nil), s.serverKey)
	openapi.Complete(s.api)
}
