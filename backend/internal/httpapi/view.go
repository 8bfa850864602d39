package httpapi

import (
	"context"
	"fmt"

	"handover/backend/api"
	"handover/backend/internal/httpapi/access"
	"handover/backend/order"
)

// body is an answer with only a JSON body.
type body[T any] struct{ Body T }

// orderAnswer is an order with its version as an entity tag.
type orderAnswer struct {
	ETag string `header:"ETag" doc:"names this state of the order, for If-Match and If-None-Match"`
	Body api.Order
}

func (s *Server) answer(ctx context.Context, o order.Order, err error) (*orderAnswer, error) {
	if err != nil {
		return nil, s.refuse(err)
	}
	v, err := s.view(ctx, principalOf(ctx), o)
	if err != nil {
		return nil, s.refuse(err)
	}
	if err := s.addPoints(ctx, o, &v); err != nil {
		return nil, s.refuse(err)
	}
	return &orderAnswer{etag(v), v}, nil
}

// view returns the order as the sender sees it now.
func (s *Server) view(ctx context.Context, a access.Principal, o order.Order) (api.Order, error) {
	o.Advance(s.Now(), s.Policy) // a retry gets the order as it was stored
	seller := a.Account
	if a.Party != order.Seller {
		var err error
		if seller, err = s.Store.Accounts.Account(ctx, o.SellerID); err != nil {
			return api.Order{}, fmt.Errorf("load the seller of order %s: %w", o.ID, err)
		}
	}
	v := api.ViewOrder(o, a.Party, seller.Name, s.Now())
	v.Viewer = a.Link.Name
	return v, nil
}
