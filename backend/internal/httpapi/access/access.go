// Package access identifies the sender of a request and decides which orders
// that sender may see.
package access

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Principal is the sender of a request: a seller, or the buyer or a viewer of one order.
type Principal struct {
	Party   order.Party
	Account order.Account  // of a seller
	OrderID string         // of a buyer or a viewer
	Link    order.ViewLink // of a viewer
	Token   string         // that identified the sender
	Method  string         // of the request
}

// ReviewCookie names the cookie that a browser gets for a review link. Each
// order has its own, so that a buyer can have several open.
func ReviewCookie(orderID string) string { return "handover_review_" + orderID }

// ViewCookie names the cookie for a link to look. It differs from
// [ReviewCookie], so that neither link replaces the other's cookie.
func ViewCookie(orderID string) string { return "handover_view_" + orderID }

// Accounts signs sellers in. Its errors have the code Unauthenticated when the
// sender is not signed in; SignIn also returns Forbidden and RateLimited.
type Accounts interface {
	SignIn(ctx context.Context, email, password, client string) (order.Account, string, error)
	Authenticate(ctx context.Context, token string) (order.Account, error)
	SignOut(ctx context.Context, token string) error
}

// Links finds orders by the tokens of links. Its errors have the code
// Unauthenticated when no order has the token.
type Links interface {
	// Reviewed returns the order that a review link opens.
	Reviewed(ctx context.Context, token string) (order.Order, error)
	// Viewed returns the order that a link to look opens, and the link.
	Viewed(ctx context.Context, token string) (order.Order, order.ViewLink, error)
}

// Authorizer identifies senders and loads their orders.
type Authorizer struct {
	Store    store.Records
	Accounts Accounts
	Links    Links
	Policy   order.Policy
	Now      func() time.Time
}

// ErrUnauthenticated matches (errors.Is) the error of a sender who is not signed in and has no link.
var ErrUnauthenticated = &order.Error{Code: order.Unauthenticated, Message: "sign in, or open the review link again"}

// ErrSellersOnly refuses buyers and viewers.
var ErrSellersOnly = &order.Error{Code: order.Forbidden, Message: "only a seller may do this"}

var (
	errOnlyLook = &order.Error{Code: order.Forbidden, Message: "this link is for looking at the work, and for nothing else"}
	errNoOrder  = &order.Error{Code: order.NotFound, Message: "there is no such order, or it is not yours"}
)

// Identify returns the sender of a request about an order, "" for a request
// about no particular order. The bearer token decides, else the order's
// cookies. In a browser with both cookies the sender is the buyer.
func (z Authorizer) Identify(r *http.Request, orderID string) (Principal, error) {
	p, err := z.find(r, orderID)
	p.Method = r.Method
	return p, err
}

func (z Authorizer) find(r *http.Request, orderID string) (Principal, error) {
	if token, ok := bearer(r); ok {
		a, err := z.Accounts.Authenticate(r.Context(), token)
		if !errors.Is(err, ErrUnauthenticated) {
			return Principal{Party: order.Seller, Account: a, Token: token}, err
		}
		return z.visitor(r.Context(), token, token)
	}
	if orderID == "" {
		return Principal{}, ErrUnauthenticated
	}
	return z.visitor(r.Context(), cookie(r, ReviewCookie(orderID)), cookie(r, ViewCookie(orderID)))
}

func bearer(r *http.Request) (string, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}

// cookie returns the value of a cookie, "" when the request has none.
func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// visitor returns the buyer with the first token, else the viewer with the
// second. The error is the same for unknown and for revoked tokens.
func (z Authorizer) visitor(ctx context.Context, review, view string) (Principal, error) {
	if review != "" {
		if p, err := z.Buyer(ctx, review); !errors.Is(err, ErrUnauthenticated) {
			return p, err
		}
	}
	if view != "" {
		return z.Viewer(ctx, view)
	}
	return Principal{}, ErrUnauthenticated
}

// BuyerByCookie returns the buyer of an order by the cookie of a review link.
func (z Authorizer) BuyerByCookie(r *http.Request, orderID string) (Principal, error) {
	return z.visitor(r.Context(), cookie(r, ReviewCookie(orderID)), "")
}

// Buyer returns the buyer with the token of a review link.
func (z Authorizer) Buyer(ctx context.Context, token string) (Principal, error) {
	o, err := z.Links.Reviewed(ctx, token)
	return Principal{Party: order.Buyer, OrderID: o.ID, Token: token}, uniform(err)
}

// Viewer returns the viewer with the token of a link to look.
func (z Authorizer) Viewer(ctx context.Context, token string) (Principal, error) {
	o, link, err := z.Links.Viewed(ctx, token)
	return Principal{Party: order.Viewer, OrderID: o.ID, Link: link, Token: token}, uniform(err)
}

// uniform gives every refused token the same message, which does not say what
// kind of token was expected.
func uniform(err error) error {
	if errors.Is(err, ErrUnauthenticated) {
		return ErrUnauthenticated
	}
	return err
}

// Decides returns nil for sellers and buyers, and a refusal for viewers.
func (p Principal) Decides() error {
	if p.Party == order.Viewer {
		return errOnlyLook
	}
	return nil
}

func (p Principal) sees(o order.Order) bool {
	if p.Party == order.Seller {
		return o.SellerID == p.Account.ID
	}
	return p.OrderID == o.ID
}

// Load returns an order with passed deadlines applied. An order that the
// principal may not see is NotFound, like a missing one.
func (z Authorizer) Load(ctx context.Context, p Principal, id string) (order.Order, error) {
	o, err := z.Store.Orders.Order(ctx, id)
	if errors.Is(err, errNoOrder) {
		return order.Order{}, errNoOrder
	}
	if err != nil {
		return order.Order{}, err
	}
	if !p.sees(o) {
		return order.Order{}, errNoOrder
	}
	o.Advance(z.Now(), z.Policy)
	return o, nil
}

// SellerOf returns the account ID of the seller who sent the request.
func (z Authorizer) SellerOf(r *http.Request) (string, error) {
	p, err := z.Identify(r, "")
	if err != nil {
		return "", err
	}
	if p.Party != order.Seller {
		return "", ErrSellersOnly
	}
	return p.Account.ID, nil
}

// MayUpload returns nil when the seller can deliver the order now.
func (z Authorizer) MayUpload(ctx context.Context, sellerID, orderID string) error {
	o, err := z.Load(ctx, Principal{Party: order.Seller, Account: order.Account{ID: sellerID}}, orderID)
	if err != nil {
		return err
	}
	return o.Permit(order.Deliver, order.Seller)
}
