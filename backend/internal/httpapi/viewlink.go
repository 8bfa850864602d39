package httpapi

import (
	"context"
	"net/http"
	"time"

	"handover/backend/api"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/order"
)

// viewLinkRoutes list, make and end the view links of an order. They are only for
// the buyer, who alone decides about view links.
type viewLinkRoutes struct {
	orders    *orders
	placement Placement
	now       func() time.Time
	policy    order.Policy
}

func (s viewLinkRoutes) register(r *routes) {
	const path = "/api/v1/orders/{id}/view-links"
	buyer, refusals := r.anyParty(), []int{http.StatusForbidden, http.StatusPreconditionFailed}
	add(r, openapi.Operation("GET", path, "view-links", "The buyer's links to look", buyer, http.StatusForbidden), s.list)
	making := openapi.Operation("POST", path, "share-to-look", "Make a link with which somebody may look", buyer, append(refusals, http.StatusConflict, http.StatusUnprocessableEntity)...)
	making.DefaultStatus = http.StatusCreated
	add(r, making, s.share)
	ending := openapi.Operation("DELETE", path+"/{number}", "end-sharing", "Take a link to look away", buyer, append(refusals, http.StatusUnprocessableEntity)...)
	ending.DefaultStatus = http.StatusOK
	add(r, ending, s.end)
}

func (s viewLinkRoutes) list(ctx context.Context, in *OrderPath) (*body[api.ViewLinks], error) {
	o, err := s.orders.loadForBuyer(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.answer(o), nil
}

type shareRequest struct {
	ActionPath
	Body api.NewViewLink
}

func (s viewLinkRoutes) share(ctx context.Context, in *shareRequest) (*body[api.ViewLinks], error) {
	return s.change(ctx, in.ActionPath, func(o *order.Order) ([]order.Event, error) {
		return s.placement.Share(o, in.Body.Name, s.now(), s.policy)
	})
}

type endSharingRequest struct {
	ActionPath
	Number int `path:"number" minimum:"1" doc:"the link's number, from the list of links"`
}

func (s viewLinkRoutes) end(ctx context.Context, in *endSharingRequest) (*body[api.ViewLinks], error) {
	return s.change(ctx, in.ActionPath, func(o *order.Order) ([]order.Event, error) {
		return o.EndSharing(in.Number, s.now(), s.policy)
	})
}

func (s viewLinkRoutes) change(ctx context.Context, to ActionPath, apply func(*order.Order) ([]order.Event, error)) (*body[api.ViewLinks], error) {
	if _, err := s.orders.loadForBuyer(ctx, to.ID); err != nil {
		return nil, err
	}
	o, err := s.orders.apply(ctx, to, apply)
	if err != nil {
		return nil, err
	}
	return s.answer(o), nil
}

func (s viewLinkRoutes) answer(o order.Order) *body[api.ViewLinks] {
	answer := api.ViewLinks{Links: []api.ViewLink{}, Most: order.MaxViewLinks}
	for _, l := range o.ViewLinks {
		link := api.ViewLink{Number: l.Number, Name: l.Name, MadeAt: l.MadeAt, URL: s.placement.ViewURL(o, l)}
		if !l.OpenedAt.IsZero() {
			link.OpenedAt = &l.OpenedAt
		}
		answer.Links = append(answer.Links, link)
	}
	return &body[api.ViewLinks]{answer}
}
