// Package intake places orders: it gives them their ID and the buyer's link,
// and finds the order that a link opens.
package intake

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/internal/token"
	"handover/backend/order"
)

// idLength is the length of an order's ID: 50 bits, short enough to type.
const idLength = 10

// Service places orders in a store.
type Service struct {
	Store store.Orders
	Now   func() time.Time
	// PublicURL returns what links to the server begin with.
	PublicURL func() string
}

// Place stores a new order of the seller and returns it with the buyer's review
// link. The link's token is not stored and cannot be had again.
func (s Service) Place(ctx context.Context, sellerID string, n api.NewOrder) (order.Order, string, error) {
	price, err := money(n.Price)
	if err != nil {
		return order.Order{}, "", err
	}
	o, placed, err := order.Place(order.Order{
		ID: token.NewID(idLength), SellerID: sellerID, Title: strings.TrimSpace(n.Title),
		Buyer: n.Buyer, Price: price, DueAt: n.DueAt,
	}, s.Now())
	if err != nil {
		return order.Order{}, "", err
	}
	secret, hash := token.New()
	o, err = s.Store.Place(ctx, o, placed, hash)
	return o, s.PublicURL() + "/review/" + secret, err
}

// Reviewed returns the order that the token of a review link opens, or an
// error with the code Unknown.
func (s Service) Reviewed(ctx context.Context, secret string) (order.Order, error) {
	o, err := s.Store.OrderByReview(ctx, token.Hash(secret))
	if errors.Is(err, &order.Error{Code: order.NotFound}) {
		return o, &order.Error{Code: order.Unknown, Message: "the review link does not open an order"}
	}
	return o, err
}

// money reads a decimal amount with at most two places.
func money(p *api.Price) (order.Money, error) {
	if p == nil {
		return order.Money{}, nil
	}
	bad := &order.Error{Code: order.Invalid, Field: "price", Message: fmt.Sprintf("%q is not an amount such as 120.00", p.Amount)}
	whole, cents, _ := strings.Cut(p.Amount, ".")
	if len(whole) == 0 || len(whole) > 12 || len(cents) > 2 || strings.Trim(whole+cents, "0123456789") != "" {
		return order.Money{}, bad
	}
	n, err := strconv.ParseInt(whole+(cents + "00")[:2], 10, 64)
	if err != nil {
		return order.Money{}, bad
	}
	return order.Money{Hundredths: n, Currency: p.Currency}, nil
}
