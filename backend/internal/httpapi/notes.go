package httpapi

import (
	"context"
	"net/http"
	"time"

	"handover/backend/api"
	"handover/backend/internal/httpapi/openapi"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// noteRoutes record facts about a party. They do not change the version of the
// order, because neither party decided anything.
type noteRoutes struct {
	orders      *orders
	store       store.Orders
	annotations store.Annotations
	now         func() time.Time
}

func (s noteRoutes) register(r *routes) {
	draft := openapi.Operation("PUT", "/api/v1/orders/{id}/draft-note", "note-draft", "Say that a delivery is being prepared on this computer", r.sellers(),
		http.StatusForbidden, http.StatusUnprocessableEntity)
	draft.DefaultStatus = http.StatusNoContent
	add(r, draft, s.noteDraft)
	timeZone := openapi.Operation("PUT", "/api/v1/orders/{id}/time-zone", "note-time-zone", "Say in which time zone the buyer is", r.anyParty(),
		http.StatusForbidden, http.StatusUnprocessableEntity)
	timeZone.DefaultStatus = http.StatusNoContent
	add(r, timeZone, s.noteTimeZone)
}

type draftNoteRequest struct {
	OrderPath
	Body api.DraftHere
}

// noteDraft has no event.
func (s noteRoutes) noteDraft(ctx context.Context, in *draftNoteRequest) (*struct{}, error) {
	o, err := s.orders.load(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	n := order.DraftPresence{Device: in.Body.Device, Name: in.Body.Name, Files: in.Body.Files, UpdatedAt: s.now().UTC()}
	if err := n.Check(); err != nil {
		return nil, err
	}
	return nil, s.annotations.ChangeDraftPresence(ctx, o.ID, func(notes []order.DraftPresence) []order.DraftPresence {
		if in.Body.Gone {
			return order.WithoutDraftPresence(notes, n.Device)
		}
		return order.WithDraftPresence(notes, n)
	})
}

type timeZoneRequest struct {
	OrderPath
	Body api.TimeZone
}

func (s noteRoutes) noteTimeZone(ctx context.Context, in *timeZoneRequest) (*struct{}, error) {
	if _, err := s.orders.loadForBuyer(ctx, in.ID); err != nil {
		return nil, err
	}
	_, err := s.store.Change(ctx, store.Change{Order: in.ID, Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.NoteTimeZone(in.Body.TimeZone, s.now().UTC())
	}})
	return nil, err
}
