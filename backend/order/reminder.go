package order

import "time"

// RemindBefore is the time between a reminder and its deadline. The reminder goes
// to the party that can still act.
const RemindBefore = 24 * time.Hour

// reminder reminds a party of a deadline. The order records the deadline of each
// sent or skipped reminder. A moved deadline gets another reminder, and a clock that
// is set back repeats none.
type reminder struct {
	deadline time.Time
	record   *time.Time // in the order
}

func dueReminder(o *Order) reminder    { return reminder{o.DueAt, &o.DueReminded} }
func reviewReminder(o *Order) reminder { return reminder{o.ReviewEndsAt, &o.ReviewReminded} }

func (r reminder) at() time.Time { return r.deadline.Add(-RemindBefore) }

// handled reports whether the reminder of the deadline was sent or skipped.
func (r reminder) handled() bool { return r.record.Equal(r.deadline) }

func (r reminder) handle() { *r.record = r.deadline }

func (r reminder) skipIfDue(now time.Time) {
	if !r.at().After(now) {
		r.handle()
	}
}

// skipReminders skips the reminders that are due already when their deadline starts:
// for an order placed less than a day before its due date, a review of a day or
// less, or changes requested on the last day. The party who started the deadline
// has just seen it.
func (o *Order) skipReminders(now time.Time) {
	if o.Status.Owed() {
		dueReminder(o).skipIfDue(now)
	}
	o.skipReviewReminder(now)
}

func (o *Order) skipReviewReminder(now time.Time) {
	if o.Status != Delivered {
		o.ReviewReminded = time.Time{}
		return
	}
	reviewReminder(o).skipIfDue(now)
}
