package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"handover/backend/order"
)

// Orders stores each order as one document with a version.
type Orders interface {
	// Place stores a new order with its first event. reviewHash is the hash of
	// the buyer's token and becomes the order's ReviewHash. Returns Exists when
	// the ID is taken.
	Place(ctx context.Context, o order.Order, e order.Event, reviewHash string) (order.Order, error)
	// PlaceAll stores new orders, all or none; see [Placement].
	PlaceAll(ctx context.Context, p Placement) ([]order.Order, error)
	// Order returns the order as stored.
	Order(ctx context.Context, id string) (order.Order, error)
	// OrderByReview returns the order that a buyer's token opens; see
	// [order.Order.OpenedBy].
	OrderByReview(ctx context.Context, reviewHash string) (order.Order, error)
	// OrderByViewLink returns the order that a viewer's token opens; see
	// [order.Order.ViewedBy]. No token opens an order by both methods.
	OrderByViewLink(ctx context.Context, viewHash string) (order.Order, error)
	// List returns a page of a seller's orders, soonest due first.
	List(ctx context.Context, q Query) (Page, error)
	// Summarise counts a seller's orders.
	Summarise(ctx context.Context, sellerID string, now time.Time) (Summary, error)
	// Change changes one order; see [Change].
	Change(ctx context.Context, c Change) (order.Order, error)
	// RecordViews records views by buyers and viewers in one transaction; see
	// [order.Order.RecordView]. It skips known views and views of missing orders.
	RecordViews(ctx context.Context, views []order.View, p order.Policy) error
	// EachOrder calls f with every order until f returns an error.
	EachOrder(ctx context.Context, f func(order.Order) error) error
	// CountOrders returns the number of orders with each status, without reading
	// the orders.
	CountOrders(ctx context.Context) (map[order.Status]int, error)
}

// Deadlines advances orders with time.
type Deadlines interface {
	// AdvanceDue advances up to limit orders whose deadline is not after
	// now, and returns how many changed.
	AdvanceDue(ctx context.Context, now time.Time, p order.Policy, limit int) (int, error)
	// NextDeadline returns the soonest deadline of all orders, or the zero
	// time without one.
	NextDeadline(ctx context.Context) (time.Time, error)
}

// NewOrder is an order to place, with its first event and the hash of its
// buyer's token.
type NewOrder struct {
	Order      order.Order
	Event      order.Event
	ReviewHash string
}

// Placement asks for new orders of one seller.
type Placement struct {
	// Key makes the placement idempotent. When the seller repeats the Key with the
	// same Request, PlaceAll returns the orders of the first placement as stored
	// now. With another Request it returns Exists. SellerID and Request are unused
	// without a key.
	SellerID, Key, Request string
	Orders                 []NewOrder
}

// Summary counts orders.
type Summary struct {
	Count map[order.Status]int
	Late  int
}

// Query selects orders of one seller.
type Query struct {
	SellerID string
	Status   []order.Status // empty for all
	// LateAt selects the orders that are late at that time, see
	// [order.Order.Late]; the zero time selects all.
	LateAt time.Time
	Text   string // in title, buyer's name or ID, in any case
	Cursor string // of the previous page
	Limit  int
}

// Page is a part of a list. Cursor is empty on the last page.
type Page struct {
	Orders []order.Order
	Cursor string
}

// Statuses returns the statuses that the query selects, sorted, each once. all
// means every status, and then the list is empty.
func (q Query) Statuses() (selected []order.Status, all bool) {
	selected = slices.Compact(slices.Sorted(slices.Values(q.Status)))
	if q.LateAt.IsZero() {
		return selected, len(selected) == 0
	}
	if len(selected) == 0 {
		selected = order.Statuses()
	}
	return slices.DeleteFunc(selected, func(s order.Status) bool { return !s.Owed() }), false
}

// SearchText returns the text of an order that [Query.Text] is compared with,
// as [FoldText] returns it.
func SearchText(o order.Order) []byte {
	return FoldText(o.Title + "\n" + o.Buyer.Name + "\n" + o.ID)
}

// FoldText returns the text in lower case. A store compares it byte by byte, so a
// search does not depend on the settings of a database.
func FoldText(text string) []byte { return []byte(strings.ToLower(text)) }
