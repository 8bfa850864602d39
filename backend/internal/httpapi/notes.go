package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"handover/backend/api"
	"handover/backend/internal/httpapi/access"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/store"
	"handover/backend/order"
)

func (s *Server) draftNoteRoutes(seller huma.Middlewares) {
	noting := openapi.Operation("PUT", "/api/v1/orders/{id}/draft-note", "note-draft", "Say that a delivery is being prepared on this computer", seller,
		http.StatusForbidden, http.StatusUnprocessableEntity)
	noting.DefaultStatus = http.StatusNoContent
	huma.Register(s.api, noting, s.noteDraft)
}

type draftNoteRequest struct {
	OrderPath
	Body api.DraftHere
}

// noteDraft has no event and does not change the version of the order, because
// neither party decided anything.
func (s *Server) noteDraft(ctx context.Context, in *draftNoteRequest) (*struct{}, error) {
	o, err := s.Load(ctx, principalOf(ctx), in.ID)
	if err != nil {
		return nil, s.refuse(err)
	}
	n := order.DraftPresence{Device: in.Body.Device, Name: in.Body.Name, Files: in.Body.Files, UpdatedAt: s.Now().UTC()}
	if err := n.Check(); err != nil {
		return nil, s.refuse(err)
	}
	err = s.Store.Annotations.ChangeDraftPresence(ctx, o.ID, func(notes []order.DraftPresence) []order.DraftPresence {
		if in.Body.Gone {
			return order.WithoutDraftPresence(notes, n.Device)
		}
		return order.WithDraftPresence(notes, n)
	})
	if err != nil {
		return nil, s.refuse(err)
	}
	return nil, nil
}

// addDrafts adds the seller's computers on which a delivery is being prepared. Other
// parties get none.
func (s *Server) addDrafts(ctx context.Context, a access.Principal, v *api.Order) error {
	if a.Party != order.Seller {
		return nil
	}
	notes, err := s.Store.Annotations.DraftPresence(ctx, v.ID)
	v.Drafts = notes
	return err
}

func (s *Server) timeZoneRoutes(buyer huma.Middlewares) {
	noting := openapi.Operation("PUT", "/api/v1/orders/{id}/time-zone", "note-time-zone", "Say in which time zone the buyer is", buyer,
		http.StatusForbidden, http.StatusUnprocessableEntity)
	noting.DefaultStatus = http.StatusNoContent
	huma.Register(s.api, noting, s.noteTimeZone)
}

type timeZoneRequest struct {
	OrderPath
	Body api.TimeZone
}

// noteTimeZone does not change the version of the order, because neither party
// decided anything.
func (s *Server) noteTimeZone(ctx context.Context, in *timeZoneRequest) (*struct{}, error) {
	if _, err := s.loadForBuyer(ctx, in.ID); err != nil {
		return nil, s.refuse(err)
	}
	_, err := s.Store.Orders.Change(ctx, store.Change{Order: in.ID, Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.NoteTimeZone(in.Body.TimeZone, s.Now().UTC())
	}})
	if err != nil {
		return nil, s.refuse(err)
	}
	return nil, nil
}
