package order

import (
	"slices"
	"strings"
	"time"
)

// step applies a permitted command to an order. Its methods are the effects of the
// actions. They change nothing when they return an error.
type step struct {
	order   *Order
	command Command
	now     time.Time
	policy  Policy
}

func (s step) deliver() (Event, error) {
	o, w := s.order, s.command.Work
	if err := w.Check(s.policy); err != nil {
		return Event{}, err
	}
	if _, err := choose("done", s.command.Comments, w.Done, Comment.Sent); err != nil {
		return Event{}, err
	}
	d := Delivery{
		Number:      len(o.Deliveries) + 1,
		DeliveredAt: s.now,
		Description: w.Description,
		Files:       slices.Clone(w.Files),
		Links:       slices.Clone(w.Links),
		Symlinks:    slices.Clone(w.Symlinks),
		Done:        slices.Clone(w.Done),
		Arranged:    w.Arranged,
		Heading:     Heading{Title: o.Title, Buyer: o.Buyer.Name, Seller: w.Seller, Server: w.Server},
	}
	from := s.now
	if s.policy.ReviewFrom == FromDueDate && o.DueAt.After(s.now) {
		from = o.DueAt
	}
	o.Deliveries = append(o.Deliveries, d)
	o.Status, o.ReviewEndsAt, o.ExtendedDays = Delivered, from.Add(s.policy.ReviewPeriod), 0
	o.Changes = nil
	return Event{Type: WorkDelivered, Delivery: d.Number, ReviewEndsAt: o.ReviewEndsAt, Done: len(d.Done)}, nil
}

func (s step) accept() (Event, error) {
	o := s.order
	o.complete(ByBuyer, s.now, s.policy)
	return Event{Type: OrderCompleted, Delivery: len(o.Deliveries), ClearsAt: o.ClearsAt}, nil
}

func (o *Order) complete(by Completer, at time.Time, p Policy) {
	o.Status, o.CompletedAt, o.CompletedBy = Completed, at, by
	o.ClearsAt = at.Add(p.ClearingPeriod)
	o.ReviewEndsAt, o.ReviewReminded, o.Cancellation = time.Time{}, time.Time{}, nil
}

func (s step) requestChanges() (Event, error) {
	o, points, message := s.order, s.command.Points, s.command.Message
	if len(points) > 0 && strings.TrimSpace(message) == "" {
		message = "" // the points are enough
	} else if err := checkText("message", message, MaxMessage); err != nil {
		return Event{}, err
	}
	if err := send(s.command.Comments, points, s.now); err != nil {
		return Event{}, err
	}
	o.Status, o.ReviewEndsAt = InRevision, time.Time{}
	o.Changes = &ChangeRequest{Delivery: len(o.Deliveries), RequestedAt: s.now, Message: message, Points: len(points)}
	return Event{Type: ChangesRequested, Delivery: len(o.Deliveries), Message: message, Points: len(points)}, nil
}

func (s step) extendReview() (Event, error) {
	o, days := s.order, s.command.Days
	left := o.ExtensionDaysLeft()
	if days < 1 || days > left {
		return Event{}, invalid("days", "the review can be extended by 1 to %d days", left)
	}
	o.ReviewEndsAt = o.ReviewEndsAt.Add(time.Duration(days) * day)
	o.ExtendedDays += days
	return Event{Type: ReviewExtended, Delivery: len(o.Deliveries), Days: days, ReviewEndsAt: o.ReviewEndsAt}, nil
}

// ExtensionDaysLeft returns the longest possible extension of the review in days, 0
// without a running review.
func (o *Order) ExtensionDaysLeft() int {
	if o.Status != Delivered {
		return 0
	}
	return min(MaxExtensionDays, MaxTotalExtensionDays-o.ExtendedDays)
}

func (s step) proposeCancellation() (Event, error) {
	message := s.command.Message
	if message != "" {
		if err := checkText("message", message, MaxMessage); err != nil {
			return Event{}, err
		}
	}
	s.order.Cancellation = &Cancellation{ProposedBy: s.command.By, ProposedAt: s.now, Message: message}
	return Event{Type: CancellationProposed, Message: message}, nil
}

func (s step) withdrawCancellation() (Event, error) {
	s.order.endProposal(s.now)
	return Event{Type: CancellationWithdrawn, ReviewEndsAt: s.order.ReviewEndsAt}, nil
}

func (s step) declineCancellation() (Event, error) {
	s.order.endProposal(s.now)
	return Event{Type: CancellationDeclined, ReviewEndsAt: s.order.ReviewEndsAt}, nil
}

// endProposal resumes the review with at least a day left, so the order does not
// complete as soon as the proposal ends.
func (o *Order) endProposal(at time.Time) {
	o.Cancellation = nil
	if least := at.Add(LeftAfterProposal); o.Status == Delivered && o.ReviewEndsAt.Before(least) {
		o.ReviewEndsAt = least
	}
}

func (s step) agreeCancellation() (Event, error) {
	o := s.order
	o.Status, o.CancelledAt = Cancelled, s.now
	o.ReviewEndsAt, o.Cancellation, o.Changes = time.Time{}, nil, nil
	return Event{Type: OrderCancelled}, nil
}

func (s step) writeMessage() (Event, error) {
	if err := checkText("message", s.command.Message, MaxMessage); err != nil {
		return Event{}, err
	}
	return Event{Type: MessageWritten, Message: s.command.Message}, nil
}

func (s step) change() (Event, error) {
	before := termsOf(s.order)
	after := before.edited(s.command.Edit)
	if err := after.check(); err != nil {
		return Event{}, err
	}
	e := before.changeTo(after)
	if e.Type != "" {
		s.order.Title, s.order.DueAt, s.order.Notes = after.title, after.dueAt, after.notes
	}
	return e, nil
}
