package order

import "fmt"

// Faults describes contradictions between a stored order and the rules. A sound
// order has none.
func (o *Order) Faults() []string {
	var faults []string
	want := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	final := o.Status == Completed || o.Status == Cancelled
	want((o.Status == Delivered) != o.ReviewEndsAt.IsZero(), "status %s with the review's end at %s", o.Status, o.ReviewEndsAt)
	want((o.Status == Completed) != o.CompletedAt.IsZero(), "status %s with completion at %s", o.Status, o.CompletedAt)
	want((o.Status == Completed) == (o.CompletedBy != ""), "status %s completed by %q", o.Status, o.CompletedBy)
	want((o.Status == Completed) != o.ClearsAt.IsZero(), "status %s clears at %s", o.Status, o.ClearsAt)
	want(o.ClearedAt.IsZero() || o.ClearedAt.Equal(o.ClearsAt), "the payment clears at %s and cleared at %s", o.ClearsAt, o.ClearedAt)
	want(o.Status == Delivered || o.ReviewReminded.IsZero(), "status %s with a reminder of the review's end", o.Status)
	want((o.Status == Cancelled) != o.CancelledAt.IsZero(), "status %s with cancellation at %s", o.Status, o.CancelledAt)
	want((o.Status == InRevision) == (o.Changes != nil), "status %s with change request %v", o.Status, o.Changes)
	want(!final || o.Cancellation == nil, "status %s with an open proposal", o.Status)
	want(o.Status == Active || o.Status == Cancelled || len(o.Deliveries) > 0, "status %s without a delivery", o.Status)
	want(o.ExtendedDays >= 0 && o.ExtendedDays <= MaxTotalExtensionDays, "review extended by %d days", o.ExtendedDays)
	want(!o.ReviewRevoked || o.ReviewHash == "", "a revoked review link that still opens the order")
	want(o.ReviewGeneration == 0 || o.ReviewRevoked || o.ReviewHash != "", "no review link opens the order, and none was revoked")
	want(len(o.ViewLinks) == 0 || !o.ReviewRevoked, "view links work without the buyer's link")
	want(len(o.ViewLinks) <= MaxViewLinks, "%d view links", len(o.ViewLinks))
	last := 0
	for _, l := range o.ViewLinks {
		want(l.Number > last && l.Number <= o.ViewLinksMade, "view link %d of %d follows %d", l.Number, o.ViewLinksMade, last)
		last = l.Number
	}
	for i, d := range o.Deliveries {
		want(d.Number == i+1, "delivery %d has the number %d", i+1, d.Number)
	}
	return faults
}
