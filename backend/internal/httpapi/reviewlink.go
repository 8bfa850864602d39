package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/order"
)

func (s *Server) reviewLinkRoutes(seller huma.Middlewares) {
	const path = "/api/v1/orders/{id}/review-link"
	huma.Register(s.api, op("GET", path, "review-link", "The buyer's link", seller, http.StatusForbidden), s.reviewLink)
	refusals := []int{http.StatusForbidden, http.StatusPreconditionFailed}
	huma.Register(s.api, op("POST", path, "renew-review-link", "Give the buyer a new link; the old one stops working", seller, refusals...), s.renewLink)
	revoking := op("DELETE", path, "revoke-review-link", "Take the buyer's link away until it is renewed", seller, refusals...)
	revoking.DefaultStatus = http.StatusOK
	huma.Register(s.api, revoking, s.revokeLink)
}

func (s *Server) reviewLink(ctx context.Context, in *OrderPath) (*body[api.ReviewLink], error) {
	o, err := s.load(ctx, principalOf(ctx), in.ID)
	return s.link(o, err)
}

func (s *Server) renewLink(ctx context.Context, in *ActionPath) (*body[api.ReviewLink], error) {
	o, err := s.change(ctx, *in, store.Change{}, func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return s.Placement.Renew(o, s.Now(), s.Policy), nil
	})
	return s.link(o, err)
}

func (s *Server) revokeLink(ctx context.Context, in *ActionPath) (*body[api.ReviewLink], error) {
	o, err := s.change(ctx, *in, store.Change{}, func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.RevokeReviewLink(s.Now(), s.Policy), nil
	})
	return s.link(o, err)
}

func (s *Server) link(o order.Order, err error) (*body[api.ReviewLink], error) {
	if err != nil {
		return nil, s.refuse(err)
	}
	return &body[api.ReviewLink]{api.ReviewLink{ReviewURL: s.Placement.ReviewURL(o), Revoked: o.ReviewRevoked}}, nil
}
