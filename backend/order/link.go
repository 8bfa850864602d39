package order

import "time"

// OpenedBy reports whether the token with the hash opens the order for its buyer. An
// order of generation 0 does not have its hash; for it the index of the store
// decides.
func (o *Order) OpenedBy(hash string) bool {
	return !o.ReviewRevoked && (o.ReviewHash == hash || o.ReviewGeneration == 0)
}

// RenewReviewLink gives the buyer a new link. Only the token of the next generation
// opens the order from then on. hash returns the hash of the token of a generation.
// A link can be renewed in every status, and after it was revoked. All view links
// end.
func (o *Order) RenewReviewLink(hash func(generation int) string, now time.Time, p Policy) []Event {
	events := o.Advance(now, p)
	o.ReviewGeneration++
	o.ReviewHash, o.ReviewRevoked, o.ViewLinks = hash(o.ReviewGeneration), false, nil
	return append(events, o.signed(Event{Type: ReviewLinkRenewed}, Seller, now))
}

// RevokeReviewLink revokes the buyer's link until it is renewed, and ends all view
// links. Revoking a revoked link changes nothing.
func (o *Order) RevokeReviewLink(now time.Time, p Policy) []Event {
	events := o.Advance(now, p)
	if o.ReviewRevoked {
		return events
	}
	o.ReviewHash, o.ReviewRevoked, o.ViewLinks = "", true, nil
	return append(events, o.signed(Event{Type: ReviewLinkRevoked}, Seller, now))
}
