package alerts

import (
	"time"

	"handover/backend/api"
	"handover/backend/order"
)

// warnings are the times before a due date at which the seller is warned.
var warnings = []time.Duration{24 * time.Hour, 2 * time.Hour}

// Told records the warnings that the seller got: the order, the due date, and the shortest
// time before it. It is stored, so that a restart does not repeat warnings.
type Told map[string]Warned

// Warned is an entry of [Told].
type Warned struct {
	DueAt  time.Time     `json:"due_at"`
	Before time.Duration `json:"before"`
}

// Near returns the undelivered orders whose due date is near, and records them in told. It
// removes orders that are no longer owed, so that told does not grow.
func (t Told) Near(orders []api.Order, now time.Time) (news []News) {
	owed := map[string]bool{}
	for _, o := range orders {
		left := o.DueAt.Sub(now)
		if !Owed(o) || left <= 0 {
			continue
		}
		owed[o.ID] = true
		before := t[o.ID]
		if !before.DueAt.Equal(o.DueAt) {
			before = Warned{DueAt: o.DueAt, Before: 1 << 62}
		}
		var step time.Duration
		for _, w := range warnings {
			if left <= w && w < before.Before {
				step = w
			}
		}
		if step == 0 {
			continue
		}
		t[o.ID] = Warned{DueAt: o.DueAt, Before: step}
		news = append(news, News{Kind: Due, Order: o.ID, Title: o.Title, Buyer: o.Buyer.Name, Left: left})
	}
	for id := range t {
		if !owed[id] {
			delete(t, id)
		}
	}
	return news
}

// Owed reports whether the seller must still deliver the order.
func Owed(o api.Order) bool { return o.Status == order.Active || o.Status == order.InRevision }
