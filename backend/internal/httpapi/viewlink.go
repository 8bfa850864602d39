package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// viewLinkRoutes are the buyer's alone: whom they show the work to, and with
// which links, is not for the seller to say.
func (s *Server) viewLinkRoutes(buyer huma.Middlewares) {
	const path = "/api/v1/orders/{id}/view-links"
	huma.Register(s.api, op("GET", path, "view-links", "The buyer's links to look", buyer, http.StatusForbidden), s.viewLinks)
	refusals := []int{http.StatusForbidden, http.StatusPreconditionFailed}
	making := op("POST", path, "share-to-look", "Make a link with which somebody may look", buyer, append(refusals, http.StatusConflict, http.StatusUnprocessableEntity)...)
	making.DefaultStatus = http.StatusCreated
	huma.Register(s.api, making, s.shareToLook)
	ending := op("DELETE", path+"/{number}", "end-sharing", "Take a link to look away", buyer, append(refusals, http.StatusUnprocessableEntity)...)
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

var errOnlyBuyer = &order.Error{Code: order.Forbidden, Message: "only the buyer may do this"}

// loadForBuyer is [Gate.load] where the seller may not ask, although the order
// is theirs.
func (s *Server) loadForBuyer(ctx context.Context, id string) (order.Order, error) {
	a := principalOf(ctx)
	o, err := s.load(ctx, a, id)
	if err == nil && a.party != order.Buyer {
		err = errOnlyBuyer
	}
	return o, err
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

// openView turns a link to look into a cookie, as [Server.openReview] does with
// the buyer's. In a browser that has the buyer's cookie as well the page shows
// what the buyer sees, and the address tells it to say why.
func (s *Server) openView(w http.ResponseWriter, r *http.Request) {
	a, err := s.viewer(r.Context(), linkToken(r))
	if err != nil {
		s.noSuchLink(w, err)
		return
	}
	s.setCookie(w, viewCookie(a.orderID), a.token)
	page := "/review/order/" + a.orderID
	if own, err := s.visitor(r.Context(), cookie(r, reviewCookie(a.orderID)), ""); err == nil && own.orderID == a.orderID {
		page += "#own"
	} else if err != nil && !errors.Is(err, isUnknown) {
		writeProblem(w, s.refuse(err))
		return
	}
	http.Redirect(w, r, page, http.StatusSeeOther)
}
