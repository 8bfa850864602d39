package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// asker is who sent a request: a seller, or the buyer or a viewer of one order.
type principal struct {
	party   order.Party
	account order.Account  // of a seller
	orderID string         // of a buyer or a viewer
	link    order.ViewLink // of a viewer
	token   string
	method  string // of the request
}

type principalKey struct{}

func principalOf(ctx context.Context) principal {
	a, _ := ctx.Value(principalKey{}).(principal)
	return a
}

// reviewCookie names the cookie that a browser gets for a review link. It is
// one an order, so that a buyer can have several open.
func reviewCookie(orderID string) string { return "handover_review_" + orderID }

// viewCookie names the cookie for a link to look. It is another one, so that
// neither link takes from a browser what the other gave it.
func viewCookie(orderID string) string { return "handover_view_" + orderID }

// Accounts signs sellers in. Its errors have the code Unknown for whoever is
// not signed in, and sign-in also has Forbidden and RateLimited.
type Accounts interface {
	SignIn(ctx context.Context, email, password, client string) (order.Account, string, error)
	Authenticate(ctx context.Context, token string) (order.Account, error)
	SignOut(ctx context.Context, token string) error
}

// Placement places orders, and finds the one that a review link's token opens;
// its error has the code Unknown when none does.
type Placement interface {
	// PlaceOnce places an order and returns it with its review link. A key
	// makes it idempotent; "" for none.
	PlaceOnce(ctx context.Context, sellerID, key string, n api.NewOrder) (order.Order, string, error)
	// Import places the orders of a file, or says what is wrong with it.
	Import(ctx context.Context, sellerID string, in api.Import) (api.Imported, error)
	Reviewed(ctx context.Context, token string) (order.Order, error)
	// ReviewURL returns the link that opens the order, "" when there is none
	// or it cannot be said again.
	ReviewURL(o order.Order) string
	// Share, ViewURL and Viewed are for the links with which the buyer lets
	// others look; Viewed's error has the code Unknown when none opens an order.
	Share(o *order.Order, name string, now time.Time, p order.Policy) ([]order.Event, error)
	ViewURL(o order.Order, link order.ViewLink) string
	Viewed(ctx context.Context, token string) (order.Order, order.ViewLink, error)
	Renew(o *order.Order, now time.Time, p order.Policy) []order.Event
}

// Gate knows who sent a request and which orders are theirs.
type Gate struct {
	Store     store.Records
	Accounts  Accounts
	Placement Placement
	Policy    order.Policy
	Now       func() time.Time
}

var (
	errUnknown  = &order.Error{Code: order.Unauthenticated, Message: "sign in, or open the review link again"}
	isUnknown   = &order.Error{Code: order.Unauthenticated}
	errNotBuyer = &order.Error{Code: order.Forbidden, Message: "only a seller may do this"}
	errOnlyLook = &order.Error{Code: order.Forbidden, Message: "this link is for looking at the work, and for nothing else"}
)

// identify finds out who sent the request about the order ("" for none in
// particular): by the bearer token, else by the order's cookies. A browser that
// has the buyer's and a viewer's is the buyer's.
func (g Gate) identify(r *http.Request, orderID string) (principal, error) {
	a, err := g.find(r, orderID)
	a.method = r.Method
	return a, err
}

func (g Gate) find(r *http.Request, orderID string) (principal, error) {
	if token, ok := bearer(r); ok {
		a, err := g.Accounts.Authenticate(r.Context(), token)
		if !errors.Is(err, isUnknown) {
			return principal{party: order.Seller, account: a, token: token}, err
		}
		return g.visitor(r.Context(), token, token)
	}
	if orderID == "" {
		return principal{}, errUnknown
	}
	return g.visitor(r.Context(), cookie(r, reviewCookie(orderID)), cookie(r, viewCookie(orderID)))
}

// cookie returns the value of a cookie, "" for none.
func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// visitor returns the buyer with the one token, else the viewer with the other.
// Whether a token never was one or is one no more is nobody's business.
func (g Gate) visitor(ctx context.Context, review, view string) (principal, error) {
	if review != "" {
		if a, err := g.buyer(ctx, review); !errors.Is(err, isUnknown) {
			return a, err
		}
	}
	if view != "" {
		return g.viewer(ctx, view)
	}
	return principal{}, errUnknown
}

func bearer(r *http.Request) (string, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}

func (g Gate) buyer(ctx context.Context, token string) (principal, error) {
	o, err := g.Placement.Reviewed(ctx, token)
	if errors.Is(err, isUnknown) {
		err = errUnknown // whether as a seller or as a buyer is nobody's business
	}
	return principal{party: order.Buyer, orderID: o.ID, token: token}, err
}

func (g Gate) viewer(ctx context.Context, token string) (principal, error) {
	o, link, err := g.Placement.Viewed(ctx, token)
	if errors.Is(err, isUnknown) {
		err = errUnknown
	}
	return principal{party: order.Viewer, orderID: o.ID, link: link, token: token}, err
}

// anyReader lets viewers in as well. A route is theirs only where this says so.
func (s *Server) anyReader(ctx huma.Context, next func(huma.Context)) {
	s.authorise(ctx, next, func(principal) error { return nil })
}

func (s *Server) anyParty(ctx huma.Context, next func(huma.Context)) {
	s.authorise(ctx, next, principal.decides)
}

func (s *Server) sellerOnly(ctx huma.Context, next func(huma.Context)) {
	s.authorise(ctx, next, func(a principal) error {
		if a.party != order.Seller {
			return errNotBuyer
		}
		return nil
	})
}

func (s *Server) authorise(ctx huma.Context, next func(huma.Context), may func(principal) error) {
	r, w := humago.Unwrap(ctx)
	a, err := s.identify(r, ctx.Param("id"))
	if err == nil {
		err = may(a)
	}
	if err != nil {
		writeProblem(w, s.refuse(err))
		return
	}
	next(huma.WithValue(ctx, principalKey{}, a))
}

// decides returns nil for whoever is more than a viewer.
func (a principal) decides() error {
	if a.party == order.Viewer {
		return errOnlyLook
	}
	return nil
}

// sees reports whether the asker may look at the order.
func (a principal) sees(o order.Order) bool {
	if a.party == order.Seller {
		return o.SellerID == a.account.ID
	}
	return a.orderID == o.ID
}

var errNoOrder = &order.Error{Code: order.NotFound, Message: "there is no such order, or it is not yours"}

// load returns an order that the asker may look at, as time has left it.
func (g Gate) load(ctx context.Context, a principal, id string) (order.Order, error) {
	o, err := g.Store.Orders.Order(ctx, id)
	if errors.Is(err, errNoOrder) || err == nil && !a.sees(o) {
		return order.Order{}, errNoOrder
	}
	if err != nil {
		return order.Order{}, err
	}
	o.Advance(g.Now(), g.Policy)
	return o, nil
}

// SellerOf returns the account of the seller who sent the request.
func (g Gate) SellerOf(r *http.Request) (string, error) {
	a, err := g.identify(r, "")
	if err != nil {
		return "", err
	}
	if a.party != order.Seller {
		return "", errNotBuyer
	}
	return a.account.ID, nil
}

// MayUpload returns nil when the seller can deliver the order now.
func (g Gate) MayUpload(ctx context.Context, sellerID, orderID string) error {
	o, err := g.load(ctx, principal{party: order.Seller, account: order.Account{ID: sellerID}}, orderID)
	if err != nil {
		return err
	}
	return o.Permit(order.Deliver, order.Seller)
}
