package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"handover/backend/api"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/store"
	"handover/backend/order"
)

func (s *Server) reviewLinkRoutes(seller huma.Middlewares) {
	const path = "/api/v1/orders/{id}/review-link"
	huma.Register(s.api, openapi.Operation("GET", path, "review-link", "The buyer's link", seller, http.StatusForbidden), s.reviewLink)
	refusals := []int{http.StatusForbidden, http.StatusPreconditionFailed}
	huma.Register(s.api, openapi.Operation("POST", path, "renew-review-link", "Give the buyer a new link; the old one stops working", seller, refusals...), s.renewLink)
	revoking := openapi.Operation("DELETE", path, "revoke-review-link", "Take the buyer's link away until it is renewed", seller, refusals...)
	revoking.DefaultStatus = http.StatusOK
	huma.Register(s.api, revoking, s.revokeLink)
}

func (s *Server) reviewLink(ctx context.Context, in *OrderPath) (*body[api.ReviewLink], error) {
	o, err := s.Load(ctx, principalOf(ctx), in.ID)
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

// viewLinkRoutes are only for the buyer, who alone decides about links to look.
func (s *Server) viewLinkRoutes(buyer huma.Middlewares) {
	const path = "/api/v1/orders/{id}/view-links"
	huma.Register(s.api, openapi.Operation("GET", path, "view-links", "The buyer's links to look", buyer, http.StatusForbidden), s.viewLinks)
	refusals := []int{http.StatusForbidden, http.StatusPreconditionFailed}
	making := openapi.Operation("POST", path, "share-to-look", "Make a link with which somebody may look", buyer, append(refusals, http.StatusConflict, http.StatusUnprocessableEntity)...)
	making.DefaultStatus = http.StatusCreated
	huma.Register(s.api, making, s.shareToLook)
	ending := openapi.Operation("DELETE", path+"/{number}", "end-sharing", "Take a link to look away", buyer, append(refusals, http.StatusUnprocessableEntity)...)
	ending.DefaultStatus = http.StatusOK
	huma.Register(s.api, ending, s.endSharing)
}

func (s *Server) viewLinks(ctx context.Context, in *OrderPath) (*body[api.ViewLinks], error) {
	o, err := s.loadForBuyer(ctx, in.ID)
	return s.linksToLook(o, err)
}

type shareRequest struct {
	ActionPath
	Body api.NewViewLink
}

func (s *Server) shareToLook(ctx context.Context, in *shareRequest) (*body[api.ViewLinks], error) {
	o, err := s.changeForBuyer(ctx, in.ActionPath, func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return s.Placement.Share(o, in.Body.Name, s.Now(), s.Policy)
	})
	return s.linksToLook(o, err)
}

type endSharingRequest struct {
	ActionPath
	Number int `path:"number" minimum:"1" doc:"the link's number, from the list of links"`
}

func (s *Server) endSharing(ctx context.Context, in *endSharingRequest) (*body[api.ViewLinks], error) {
	o, err := s.changeForBuyer(ctx, in.ActionPath, func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.EndSharing(in.Number, s.Now(), s.Policy)
	})
	return s.linksToLook(o, err)
}

var errBuyersOnly = &order.Error{Code: order.Forbidden, Message: "only the buyer may do this"}

// loadForBuyer loads the order for its buyer, and refuses its seller.
func (s *Server) loadForBuyer(ctx context.Context, id string) (order.Order, error) {
	p := principalOf(ctx)
	o, err := s.Load(ctx, p, id)
	if err != nil {
		return order.Order{}, err
	}
	if p.Party != order.Buyer {
		return order.Order{}, errBuyersOnly
	}
	return o, nil
}

func (s *Server) changeForBuyer(ctx context.Context, to ActionPath, apply func(*order.Order, []order.Upload) ([]order.Event, error)) (order.Order, error) {
	if _, err := s.loadForBuyer(ctx, to.ID); err != nil {
		return order.Order{}, err
	}
	return s.change(ctx, to, store.Change{}, apply)
}

func (s *Server) linksToLook(o order.Order, err error) (*body[api.ViewLinks], error) {
	if err != nil {
		return nil, s.refuse(err)
	}
	answer := api.ViewLinks{Links: []api.ViewLink{}, Most: order.MaxViewLinks}
	for _, l := range o.ViewLinks {
		link := api.ViewLink{Number: l.Number, Name: l.Name, MadeAt: l.MadeAt, URL: s.Placement.ViewURL(o, l)}
		if !l.OpenedAt.IsZero() {
			link.OpenedAt = &l.OpenedAt
		}
		answer.Links = append(answer.Links, link)
	}
	return &body[api.ViewLinks]{answer}, nil
}
