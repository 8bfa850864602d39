package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"handover/backend/internal/account"
	"handover/backend/order"
)

// asker is who sent a request: a seller, or the buyer of one order.
type asker struct {
	party   order.Party
	account order.Account // of a seller
	orderID string        // of a buyer
	token   string
}

type askerKey struct{}

func askerOf(ctx context.Context) asker {
	a, _ := ctx.Value(askerKey{}).(asker)
	return a
}

// reviewCookie names the cookie that a browser gets for a review link. It is
// one an order, so that a buyer can have several open.
func reviewCookie(orderID string) string { return "handover_review_" + orderID }

// identify finds out who sent the request about the order ("" for none in
// particular): by the bearer token, else by the order's review cookie.
func (s *Server) identify(r *http.Request, orderID string) (asker, error) {
	if token, ok := bearer(r); ok {
		a, err := s.Accounts.Authenticate(r.Context(), token)
		if err == nil {
			return asker{party: order.Seller, account: a, token: token}, nil
		}
		if !errors.Is(err, account.ErrSignIn) {
			return asker{}, err
		}
		return s.buyer(r.Context(), token)
	}
	if orderID != "" {
		if c, err := r.Cookie(reviewCookie(orderID)); err == nil {
			return s.buyer(r.Context(), c.Value)
		}
	}
	return asker{}, errUnauthorised
}

func bearer(r *http.Request) (string, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}

func (s *Server) buyer(ctx context.Context, token string) (asker, error) {
	o, err := s.Store.OrderByReview(ctx, account.HashToken(token))
	if errors.Is(err, &order.Error{Code: order.NotFound}) {
		return asker{}, errUnauthorised
	}
	if err != nil {
		return asker{}, err
	}
	return asker{party: order.Buyer, orderID: o.ID, token: token}, nil
}

func (s *Server) anyParty(ctx huma.Context, next func(huma.Context)) {
	s.authorise(ctx, next, func(asker) bool { return true })
}

func (s *Server) sellerOnly(ctx huma.Context, next func(huma.Context)) {
	s.authorise(ctx, next, func(a asker) bool { return a.party == order.Seller })
}

func (s *Server) authorise(ctx huma.Context, next func(huma.Context), may func(asker) bool) {
	r, w := humago.Unwrap(ctx)
	a, err := s.identify(r, ctx.Param("id"))
	if err == nil && !may(a) {
		err = &order.Error{Code: order.Forbidden, Message: "only a seller may do this"}
	}
	if err != nil {
		writeProblem(w, s.refuse(err))
		return
	}
	next(huma.WithValue(ctx, askerKey{}, a))
}

// sees reports whether the asker is a party of the order.
func (a asker) sees(o order.Order) bool {
	if a.party == order.Seller {
		return o.SellerID == a.account.ID
	}
	return a.orderID == o.ID
}

var errNoOrder = &order.Error{Code: order.NotFound, Message: "there is no such order, or it is not yours"}

// load returns an order that the asker is a party of, as time has left it.
func (s *Server) load(ctx context.Context, a asker, id string) (order.Order, error) {
	o, err := s.Store.Order(ctx, id)
	if errors.Is(err, errNoOrder) || err == nil && !a.sees(o) {
		return order.Order{}, errNoOrder
	}
	if err != nil {
		return order.Order{}, err
	}
	o.Elapse(s.Now(), s.Policy)
	return o, nil
}

// Gate tells the upload endpoint who may upload.
type Gate struct{ s *Server }

// SellerOf returns the account of the seller who sent the request.
func (g Gate) SellerOf(r *http.Request) (string, error) {
	a, err := g.s.identify(r, "")
	if err != nil {
		return "", err
	}
	if a.party != order.Seller {
		return "", &order.Error{Code: order.Forbidden, Message: "only a seller may upload"}
	}
	return a.account.ID, nil
}

// MayUpload returns nil when the seller can deliver the order now.
func (g Gate) MayUpload(ctx context.Context, sellerID, orderID string) error {
	o, err := g.s.load(ctx, asker{party: order.Seller, account: order.Account{ID: sellerID}}, orderID)
	if err != nil {
		return err
	}
	return o.Permit(order.Deliver, order.Seller)
}
