package order

import "time"

// NextDeadline returns when time will next change the order, or the zero time
// when it never will without an action.
func (o *Order) NextDeadline() time.Time {
	switch {
	case o.Cancellation != nil:
		return o.Cancellation.ProposedAt.Add(ProposalLapses)
	case o.Status == Delivered:
		return o.ReviewEndsAt
	default:
		return time.Time{}
	}
}

// Elapse does what time has done to the order by now: a proposal to cancel
// that nobody answered lapses, and an order whose review period has ended
// completes. Each event carries the moment of its deadline, not the moment of
// the call, so that an outage of the server changes nothing.
func (o *Order) Elapse(now time.Time, p Policy) []Event {
	var events []Event
	for {
		due := o.NextDeadline()
		if due.IsZero() || due.After(now) {
			return events
		}
		e := Event{Order: o.ID, Seller: o.SellerID, By: Clock, At: due}
		if o.Cancellation != nil {
			o.endProposal(due)
			e.Type, e.ReviewEndsAt = CancellationLapsed, o.ReviewEndsAt
		} else {
			o.complete(ByReviewPeriod, due, p)
			e.Type, e.Delivery = OrderCompleted, len(o.Deliveries)
		}
		e.Status = o.Status
		events = append(events, e)
	}
}
