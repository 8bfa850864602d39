package order

import "time"

// RemindBefore is how long before a deadline the party that can still act on
// it is reminded.
const RemindBefore = 24 * time.Hour

// moment is a time at which the clock acts on an order.
type moment struct {
	at time.Time
	// come does what the moment brings, given that it is now already; it
	// returns no type when there is nothing to tell.
	come func(o *Order, at, now time.Time, p Policy) Event
}

// next returns the moment at which time changes the order next, or one at the
// zero time when it never will without an action. Of two that come at once the
// one that stands first here comes first.
//
// A proposal to cancel stops the review and with it the reminder of its end,
// but not the due date: the work is still owed while nobody has answered.
func (o *Order) next() moment {
	var first moment
	add := func(at time.Time, come func(*Order, time.Time, time.Time, Policy) Event) {
		if first.come == nil || at.Before(first.at) {
			first = moment{at, come}
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

// reviewing reports whether a review period runs down.
func (o *Order) reviewing() bool { return o.Status == Delivered && o.Cancellation == nil }

// NextDeadline returns when time will next change the order, or the zero time
// when it never will without an action.
func (o *Order) NextDeadline() time.Time { return o.next().at }

// Advance does what time has done to the order by now: the parties are reminded
// of what ends soon, a proposal to cancel that nobody answered lapses, an order
// whose review period has ended completes, and later its payment clears. Each
// event carries its own moment, not that of the call, so that an outage of the
// server changes nothing but this: a reminder of what is over by now is left out.
// Events are ordered by their moment.
func (o *Order) Advance(now time.Time, p Policy) []Event {
	var events []Event
	for {
		m := o.next()
		if m.come == nil || m.at.After(now) {
			return events
		}
		e := m.come(o, m.at, now, p)
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

// skipReminders leaves out the reminders whose moment has come or gone when
// their deadline begins to run: of an order that was placed less than a day
// before it is due, of a review of a day or less, of changes that are asked for
// on the last day. Whoever made it so has just seen the deadline.
//
// What was skipped or told is remembered with the deadline it was about, so
// that a deadline that moves is told anew, and a clock that is set back tells
// nothing twice.
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
