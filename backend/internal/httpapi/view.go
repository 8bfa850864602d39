package httpapi

import (
	"context"
	"fmt"
	"time"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// body is an answer with only a JSON body.
type body[T any] struct{ Body T }

// orderAnswer is an order with its version as an entity tag.
type orderAnswer struct {
	ETag string `header:"ETag" doc:"names this state of the order, for If-Match and If-None-Match"`
	Body api.Order
}

// views shows orders to the sender of a request.
type views struct {
	accounts    store.Accounts
	annotations store.Annotations
	now         func() time.Time
	policy      order.Policy
}

func (s *views) answer(ctx context.Context, o order.Order) (*orderAnswer, error) {
	v, err := s.view(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := s.addPoints(ctx, o, &v); err != nil {
		return nil, err
	}
	return &orderAnswer{etag(v), v}, nil
}

// view returns the order as the sender sees it now.
func (s *views) view(ctx context.Context, o order.Order) (api.Order, error) {
	o.Advance(s.now(), s.policy) // a retry gets the order as it was stored
	p := principalOf(ctx)
	seller := p.Account
	if p.Party != order.Seller {
		var err error
		if seller, err = s.accounts.Account(ctx, o.SellerID); err != nil {
			return api.Order{}, fmt.Errorf("load the seller of order %s: %w", o.ID, err)
		}
	}
	v := api.ViewOrder(o, p.Party, seller.Name, s.now())
	v.Viewer = p.Link.Name
	return v, nil
}

// addPoints adds the comments that the buyer has sent, for the seller. An order
// without deliveries has none.
func (s *views) addPoints(ctx context.Context, o order.Order, v *api.Order) error {
	if principalOf(ctx).Party != order.Seller || len(o.Deliveries) == 0 {
		return nil
	}
	comments, err := s.annotations.Comments(ctx, o.ID)
	v.Points = api.ViewComments(o, comments, order.Author{Party: order.Seller})
	return err
}

// addDrafts adds the seller's computers on which a delivery is being prepared. Other
// parties get none.
func (s *views) addDrafts(ctx context.Context, v *api.Order) error {
	if principalOf(ctx).Party != order.Seller {
		return nil
	}
	drafts, err := s.annotations.DraftPresence(ctx, v.ID)
	v.Drafts = drafts
	return err
}
