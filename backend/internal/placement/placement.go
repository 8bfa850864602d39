// Package placement places orders, and makes, renews and resolves their links: the
// review link for the buyer, and links to look for others.
package placement

import (
	"context"
	"encoding/json"
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

// Links derives the tokens of review links and of links to look. The same order
// with the same generation or number always has the same token. Tokens cannot be
// guessed.
type Links interface {
	ReviewToken(orderID string, generation int) string
	ViewToken(orderID string, number int) string
}

// Service places orders in a store.
type Service struct {
	Store store.Orders
	Links Links
	Now   func() time.Time
	// PublicURL returns the address of the server in links.
	PublicURL func() string
}

// Place stores a new order of the seller and returns it with the buyer's review
// link, of which only the token's hash is stored.
func (s Service) Place(ctx context.Context, sellerID string, n api.NewOrder) (order.Order, string, error) {
	return s.PlaceOnce(ctx, sellerID, "", n)
}

// PlaceOnce is Place with a key that makes it idempotent: the same key never
// places two orders of a seller. With another order it is refused with Exists.
func (s Service) PlaceOnce(ctx context.Context, sellerID, key string, n api.NewOrder) (order.Order, string, error) {
	prepared, err := s.prepare(sellerID, n)
	if err != nil {
		return order.Order{}, "", err
	}
	raw, err := json.Marshal(n)
	if err != nil {
		return order.Order{}, "", err
	}
	placed, err := s.Store.PlaceAll(ctx, store.Placement{
		SellerID: sellerID, Key: key, Request: token.Hash(string(raw)), Orders: []store.NewOrder{prepared},
	})
	if err != nil {
		return order.Order{}, "", err
	}
	return placed[0], s.ReviewURL(placed[0]), nil
}

// prepare makes an order from the request, or refuses it.
func (s Service) prepare(sellerID string, n api.NewOrder) (store.NewOrder, error) {
	price, err := money(n.Price)
	if err != nil {
		return store.NewOrder{}, err
	}
	o, placed, err := order.Place(order.Order{
		ID: token.NewID(idLength), SellerID: sellerID, Title: strings.TrimSpace(n.Title),
		Buyer: n.Buyer, Price: price, DueAt: n.DueAt, Notes: strings.TrimSpace(n.Notes),
	}, s.Now())
	if err != nil {
		return store.NewOrder{}, err
	}
	o.ReviewGeneration = 1
	return store.NewOrder{Order: o, Event: placed, ReviewHash: s.hash(o.ID)(o.ReviewGeneration)}, nil
}

func (s Service) hash(orderID string) func(int) string {
	return func(generation int) string { return token.Hash(s.Links.ReviewToken(orderID, generation)) }
}

// ReviewURL returns the review link of the order, or "" when the order has none or
// the server cannot derive it: for old orders with a random token, and for orders of
// another server's secret.
func (s Service) ReviewURL(o order.Order) string {
	secret := s.Links.ReviewToken(o.ID, o.ReviewGeneration)
	if o.ReviewGeneration == 0 || !o.OpenedBy(token.Hash(secret)) {
		return ""
	}
	return s.PublicURL() + "/review/" + secret
}

// Renew gives the order a new review link, for use in [store.Change]; see
// [order.Order.RenewReviewLink].
func (s Service) Renew(o *order.Order, now time.Time, p order.Policy) []order.Event {
	return o.RenewReviewLink(s.hash(o.ID), now, p)
}

// Reviewed returns the order that the token of a review link opens, or an
// error with the code Unauthenticated.
func (s Service) Reviewed(ctx context.Context, secret string) (order.Order, error) {
	o, err := s.Store.OrderByReview(ctx, token.Hash(secret))
	if errors.Is(err, &order.Error{Code: order.NotFound}) {
		return o, &order.Error{Code: order.Unauthenticated, Message: "the review link does not open an order"}
	}
	return o, err
}

// money reads a decimal amount with at most two places.
func money(p *api.Price) (order.Money, error) {
	if p == nil {
		return order.Money{}, nil
	}
	bad := &order.Error{Code: order.Invalid, Field: "price.amount", Message: fmt.Sprintf("%q is not an amount such as 120.00", p.Amount)}
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
