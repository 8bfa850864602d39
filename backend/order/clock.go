package order

import "time"

// RemindBefore is the time between a reminder and its deadline. The reminder goes
// to the party that can still act.
const RemindBefore = 24 * time.Hour

// moment is a time at which the clock acts on an order.
type moment struct {
	at time.Time
	// apply changes the order at the moment. now may be later, after an outage. The
	// event has no type when there is nothing to report.
	apply func(o *Order, at, now time.Time, p Policy) Event
}

// next returns the next moment at which time changes the order. Its time is zero if
// only an action can change the order. Simultaneous moments follow in the sequence
// of this function.
//
// An open proposal to cancel stops the review and the reminder of its end. It does
// not stop the due date, because the seller still owes the work.
func (o *Order) next() moment {
	var first moment
	add := func(at time.Time, apply func(*Order, time.Time, time.Time, Policy) Event) {
		if first.apply == nil || at.Before(first.at) {
			first = moment{at, apply}
		}
	}
	if o.Cancellation != nil {
		add(o.Cancellation.ProposedAt.Add(ProposalLapses), (*Order).lapse)
	}
	if o.Status.Owed() && !o.DueReminded.Equal(o.DueAt) {
		add(o.DueAt.Add(-RemindBefore), (*Order).remindOfDueDate)
	}
	if o.reviewing() && !o.ReviewReminded.Equal(o.ReviewEndsAt) {
		add(o.ReviewEndsAt.Add(-RemindBefore), (*Order).remindOfReview)
	}
	if o.reviewing() {
		add(o.ReviewEndsAt, (*Order).endReview)
	}
	if o.Status == Completed && o.ClearedAt.IsZero() {
		add(o.ClearsAt, (*Order).clearPayment)
	}
	return first
}

// reviewing reports whether a review period is running.
func (o *Order) reviewing() bool { return o.Status == Delivered && o.Cancellation == nil }

// NextDeadline returns the next time at which the order changes without an action,
// or the zero time for never.
func (o *Order) NextDeadline() time.Time { return o.next().at }

// Advance applies all deadlines up to now, and returns their events in order of
// time. It reminds the parties of deadlines, lapses unanswered proposals to cancel,
// completes the order after its review period, and later clears its payment. Each
// event has the time of its deadline, not of the call. After an outage of the server
// Advance leaves out reminders of deadlines that have passed.
func (o *Order) Advance(now time.Time, p Policy) []Event {
	var events []Event
	for {
		m := o.next()
		if m.apply == nil || m.at.After(now) {
			return events
		}
		e := m.apply(o, m.at, now, p)
		if e.Type == "" {
			continue
		}
		events = append(events, o.signed(e, Clock, m.at))
	}
}

func (o *Order) lapse(at, _ time.Time, _ Policy) Event {
	o.endProposal(at)
	o.skipReviewReminder(at)
	return Event{Type: CancellationLapsed, ReviewEndsAt: o.ReviewEndsAt}
}

func (o *Order) remindOfDueDate(_, now time.Time, _ Policy) Event {
	o.DueReminded = o.DueAt
	if !now.Before(o.DueAt) {
		return Event{}
	}
	return Event{Type: DueSoon, DueAt: o.DueAt}
}

func (o *Order) remindOfReview(_, now time.Time, _ Policy) Event {
	o.ReviewReminded = o.ReviewEndsAt
	if !now.Before(o.ReviewEndsAt) {
		return Event{}
	}
	latest := o.Deliveries[len(o.Deliveries)-1]
	return Event{
		Type: ReviewEndsSoon, Delivery: latest.Number, ReviewEndsAt: o.ReviewEndsAt, Unopened: latest.unopened(),
	}
}

func (o *Order) endReview(at, _ time.Time, p Policy) Event {
	o.complete(ByReviewPeriod, at, p)
	return Event{Type: OrderCompleted, Delivery: len(o.Deliveries), ClearsAt: o.ClearsAt}
}

func (o *Order) clearPayment(at, _ time.Time, _ Policy) Event {
	o.ClearedAt = at
	return Event{Type: PaymentCleared}
}

// skipReminders skips the reminders that are due already when their deadline starts:
// for an order placed less than a day before its due date, a review of a day or
// less, or changes requested on the last day. The party who started the deadline
// has just seen it.
//
// The order records the deadline of each skipped or sent reminder. A moved deadline
// gets another reminder, and a clock that is set back repeats none.
func (o *Order) skipReminders(now time.Time) {
	if o.Status.Owed() && !o.DueAt.Add(-RemindBefore).After(now) {
		o.DueReminded = o.DueAt
	}
	o.skipReviewReminder(now)
}

func (o *Order) skipReviewReminder(now time.Time) {
	switch {
	case o.Status != Delivered:
		o.ReviewReminded = time.Time{}
	case !o.ReviewEndsAt.Add(-RemindBefore).After(now):
		o.ReviewReminded = o.ReviewEndsAt
	}
}
