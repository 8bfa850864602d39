package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/order"
)

func (s *Server) timeZoneRoutes(buyer huma.Middlewares) {
	noting := op("PUT", "/api/v1/orders/{id}/time-zone", "note-time-zone", "Say in which time zone the buyer is", buyer,
		http.StatusForbidden, http.StatusUnprocessableEntity)
	noting.DefaultStatus = http.StatusNoContent
	huma.Register(s.api, noting, s.noteTimeZone)
}

type timeZoneRequest struct {
	OrderPath
	Body api.TimeZone
}

// noteTimeZone changes no version: it is nobody's decision.
func (s *Server) noteTimeZone(ctx context.Context, in *timeZoneRequest) (*struct{}, error) {
	_, err := s.loadForBuyer(ctx, in.ID)
	if err == nil {
		_, err = s.Store.Orders.Change(ctx, store.Change{Order: in.ID, Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
			return o.NoteTimeZone(in.Body.TimeZone, s.Now().UTC())
		}})
	}
	if err != nil {
		return nil, s.refuse(err)
	}
	return nil, nil
}
