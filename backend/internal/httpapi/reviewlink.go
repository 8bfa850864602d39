package httpapi

import (
	"context"
	"net/http"
	"time"

	"handover/backend/api"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/order"
)

// reviewLinkRoutes show, renew and revoke the buyer's link to an order, for the seller.
type reviewLinkRoutes struct {
	orders    *orders
	placement Placement
	now       func() time.Time
	policy    order.Policy
}

func (s reviewLinkRoutes) register(r *routes) {
	const path = "/api/v1/orders/{id}/review-link"
	seller, refusals := r.sellers(), []int{http.StatusForbidden, http.StatusPreconditionFailed}
	add(r, openapi.Operation("GET", path, "review-link", "The buyer's link", seller, http.StatusForbidden), s.get)
	add(r, openapi.Operation("POST", path, "renew-review-link", "Give the buyer a new link; the old one stops working", seller, refusals...), s.renew)
	revoking := openapi.Operation("DELETE", path, "revoke-review-link", "Take the buyer's link away until it is renewed", seller, refusals...)
	revoking.DefaultStatus = http.StatusOK
	add(r, revoking, s.revoke)
}

func (s reviewLinkRoutes) get(ctx context.Context, in *OrderPath) (*body[api.ReviewLink], error) {
	o, err := s.orders.load(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.answer(o), nil
}

func (s reviewLinkRoutes) renew(ctx context.Context, in *ActionPath) (*body[api.ReviewLink], error) {
	return s.change(ctx, *in, s.placement.Renew)
}

func (s reviewLinkRoutes) revoke(ctx context.Context, in *ActionPath) (*body[api.ReviewLink], error) {
	return s.change(ctx, *in, (*order.Order).RevokeReviewLink)
}

func (s reviewLinkRoutes) change(ctx context.Context, to ActionPath, change func(*order.Order, time.Time, order.Policy) []order.Event) (*body[api.ReviewLink], error) {
	o, err := s.orders.apply(ctx, to, func(o *order.Order) ([]order.Event, error) { return change(o, s.now(), s.policy), nil })
	if err != nil {
		return nil, err
	}
	return s.answer(o), nil
}

func (s reviewLinkRoutes) answer(o order.Order) *body[api.ReviewLink] {
	return &body[api.ReviewLink]{api.ReviewLink{ReviewURL: s.placement.ReviewURL(o), Revoked: o.ReviewRevoked}}
}
