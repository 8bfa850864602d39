package placement

import (
	"context"
	"errors"
	"time"

	"handover/backend/internal/token"
	"handover/backend/order"
)

// Share makes a link with which the person with the name may look at the order,
// for use in [store.Change]; see [order.Order.Share].
func (s Service) Share(o *order.Order, name string, now time.Time, p order.Policy) ([]order.Event, error) {
	id := o.ID
	hash := func(number int) string { return token.Hash(s.Links.ViewToken(id, number)) }
	return o.Share(name, hash, now, p)
}

// ViewURL returns the link to look, or "" when it was made with another secret.
func (s Service) ViewURL(o order.Order, link order.ViewLink) string {
	secret := s.Links.ViewToken(o.ID, link.Number)
	if token.Hash(secret) != link.Hash {
		return ""
	}
	return s.PublicURL() + "/review/look/" + secret
}

// Viewed returns the order that the token of a link to look opens, and the
// link; or an error with the code Unauthenticated.
func (s Service) Viewed(ctx context.Context, secret string) (order.Order, order.ViewLink, error) {
	hash := token.Hash(secret)
	o, err := s.Store.OrderByViewLink(ctx, hash)
	if errors.Is(err, &order.Error{Code: order.NotFound}) {
		err = &order.Error{Code: order.Unauthenticated, Message: "the link does not open an order"}
	}
	link, _ := o.ViewedBy(hash)
	return o, link, err
}
