package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"handover/backend/api"
	"handover/backend/order"
)

func (s *Server) draftNoteRoutes(seller huma.Middlewares) {
	noting := op("PUT", "/api/v1/orders/{id}/draft-note", "note-draft", "Say that a delivery is being prepared on this computer", seller,
		http.StatusForbidden, http.StatusUnprocessableEntity)
	noting.DefaultStatus = http.StatusNoContent
	huma.Register(s.api, noting, s.noteDraft)
}

type draftNoteRequest struct {
	OrderPath
	Body api.DraftHere
}

// noteDraft keeps no history and changes no version: it is nobody's decision.
func (s *Server) noteDraft(ctx context.Context, in *draftNoteRequest) (*struct{}, error) {
	o, err := s.load(ctx, principalOf(ctx), in.ID)
	n := order.DraftPresence{Device: in.Body.Device, Name: in.Body.Name, Files: in.Body.Files, UpdatedAt: s.Now().UTC()}
	if err == nil {
		err = n.Check()
	}
	if err == nil {
		err = s.Store.Annotations.ChangeDraftPresence(ctx, o.ID, func(notes []order.DraftPresence) []order.DraftPresence {
			if in.Body.Gone {
				return order.WithoutDraftPresence(notes, n.Device)
			}
			return order.WithDraftPresence(notes, n)
		})
	}
	if err != nil {
		return nil, s.refuse(err)
	}
	return nil, nil
}

// addDrafts tells the seller on which computers a delivery is being prepared.
func (s *Server) addDrafts(ctx context.Context, a principal, v *api.Order) error {
	if a.party != order.Seller {
		return nil
	}
	notes, err := s.Store.Annotations.DraftPresence(ctx, v.ID)
	v.Drafts = notes
	return err
}
