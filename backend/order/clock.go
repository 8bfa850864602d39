package order

import "time"

// moment is a time at which the clock acts on an order.
type moment struct {
	at time.Time
	// apply changes the order at the moment. The event has no type when there is
	// nothing to report.
	apply func(c clock, at time.Time) Event
}

// clock applies moments to an order.
type clock struct {
	order  *Order
	now    time.Time // can be later than the moment, after an outage
	policy Policy
}

// next returns the next moment at which time changes the order. Its time is zero if
// only an action can change the order. Simultaneous moments follow in the sequence
// of this function.
//
// An open proposal to cancel stops the review and the reminder of its end. It does
// not stop the due date, because the seller still owes the work.
func (o *Order) next() moment {
	var first moment
	add := func(at time.Time, apply func(clock, time.Time) Event) {
		if first.apply == nil || at.Before(first.at) {
			first = moment{at, apply}
		}
	}
	if o.Cancellation != nil {
		add(o.Cancellation.ProposedAt.Add(ProposalLapses), clock.lapse)
	}
	if r := dueReminder(o); o.Status.Owed() && !r.handled() {
		add(r.at(), clock.remindOfDueDate)
	}
	if r := reviewReminder(o); o.reviewing() && !r.handled() {
		add(r.at(), clock.remindOfReview)
	}
	if o.reviewing() {
		add(o.ReviewEndsAt, clock.endReview)
	}
	if o.Status == Completed && o.ClearedAt.IsZero() {
		add(o.ClearsAt, clock.clearPayment)
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
		e := m.apply(clock{order: o, now: now, policy: p}, m.at)
		if e.Type == "" {
			continue
		}
		events = append(events, o.signed(e, Clock, m.at))
	}
}

func (c clock) lapse(at time.Time) Event {
	c.order.endProposal(at)
	c.order.skipReviewReminder(at)
	return Event{Type: CancellationLapsed, ReviewEndsAt: c.order.ReviewEndsAt}
}

func (c clock) remindOfDueDate(time.Time) Event {
	r := dueReminder(c.order)
	r.handle()
	if !c.now.Before(r.deadline) {
		return Event{}
	}
	return Event{Type: DueSoon, DueAt: r.deadline}
}

func (c clock) remindOfReview(time.Time) Event {
	r := reviewReminder(c.order)
	r.handle()
	if !c.now.Before(r.deadline) {
		return Event{}
	}
	latest := c.order.Deliveries[len(c.order.Deliveries)-1]
	return Event{Type: ReviewEndsSoon, Delivery: latest.Number, ReviewEndsAt: r.deadline, Unopened: latest.unopened()}
}

func (c clock) endReview(at time.Time) Event {
	c.order.complete(ByReviewPeriod, at, c.policy)
	return Event{Type: OrderCompleted, Delivery: len(c.order.Deliveries), ClearsAt: c.order.ClearsAt}
}

func (c clock) clearPayment(at time.Time) Event {
	c.order.ClearedAt = at
	return Event{Type: PaymentCleared}
}
