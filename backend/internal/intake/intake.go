// Package intake places orders: it gives them their ID and the buyer's link.
package intake

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"handover/backend/api"
	"handover/backend/internal/account"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// orderID is the length of an order's ID: 50 bits, short enough to type.
const orderID = 10

// Place stores a new order of the seller and returns it with the token of the
// buyer's review link, which is not stored and cannot be had again.
func Place(ctx context.Context, s store.Orders, sellerID string, n api.NewOrder, now time.Time) (order.Order, string, error) {
	price, err := money(n.Price)
	if err != nil {
		return order.Order{}, "", err
	}
	o, placed, err := order.Place(order.Order{
		ID: account.NewID(orderID), SellerID: sellerID, Title: strings.TrimSpace(n.Title),
		Buyer: n.Buyer, Price: price, DueAt: n.DueAt,
	}, now)
	if err != nil {
		return order.Order{}, "", err
	}
	token, hash := account.NewToken()
	o, err = s.Place(ctx, o, placed, hash)
	return o, token, err
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

// ReviewURL returns the buyer's link on the server with the public address.
func ReviewURL(publicURL, token string) string {
	return publicURL + "/review/" + token
}
