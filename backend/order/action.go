package order

import (
	"slices"
	"strings"
	"time"
)

// Action is something a party may do to an order.
type Action string

// The actions. What each needs beyond its name stands at [Command].
const (
	Deliver              Action = "deliver"
	Accept               Action = "accept"
	RequestChanges       Action = "request_changes"
	ExtendReview         Action = "extend_review"
	ProposeCancellation  Action = "propose_cancellation"
	WithdrawCancellation Action = "withdraw_cancellation"
	AgreeCancellation    Action = "agree_cancellation"
	DeclineCancellation  Action = "decline_cancellation"
	WriteMessage         Action = "write_message"
	ChangeOrder          Action = "change_order"
	// WriteComment says that comments may be written, changed and deleted, see
	// [Order.PutComment]. It changes no order and is nothing for Apply.
	WriteComment Action = "write_comment"
)

// Actions lists every action.
func Actions() []Action {
	return []Action{
		Deliver, Accept, RequestChanges, ExtendReview, ProposeCancellation,
		WithdrawCancellation, AgreeCancellation, DeclineCancellation, WriteMessage, ChangeOrder, WriteComment,
	}
}

// Command asks for one action.
type Command struct {
	Action Action
	By     Party
	// Message is required by WriteMessage, by RequestChanges unless it has
	// Points, and may come with ProposeCancellation.
	Message string
	// Points are the IDs of the drafts among Comments that RequestChanges sends.
	Points []string
	// Comments are all of the order. Apply marks in them what was sent, and
	// leaves them as they are when it returns an error.
	Comments []Comment
	// Days is how long ExtendReview moves the end of the review: 1 to 7.
	Days int
	// Work is what Deliver hands over.
	Work Work
	// Edit is what ChangeOrder changes.
	Edit Edit
}

// Work is what a seller hands over in one delivery.
type Work struct {
	Description string
	Files       []File
	Links       []Link
	Symlinks    []Symlink
	Arranged    bool // the order of Files is the seller's
	// Seller and Server are for the delivery's Heading: the seller's name and
	// the server's public address.
	Seller, Server string
	// Done are the IDs of the points that the delivery takes up: comments that
	// were sent, each once. One that a delivery took up before changes nothing.
	Done []string
	// ConfirmNoFiles allows a delivery with neither file nor link.
	ConfirmNoFiles bool
}

// ReviewFrom says from when the review period is counted.
type ReviewFrom string

// The review period starts with the delivery, or with the later of due date
// and delivery.
const (
	FromDelivery ReviewFrom = "delivery"
	FromDueDate  ReviewFrom = "due-date"
)

// Policy is the server's settings that the rules need. What follows from them
// is stored on the order when it starts, so that a changed setting never moves
// a deadline that already runs.
type Policy struct {
	ReviewPeriod   time.Duration
	ReviewFrom     ReviewFrom
	ClearingPeriod time.Duration
	MaxFileSize    int64 // bytes, inclusive
}

// DefaultPolicy is three days of review from the delivery, 14 days of
// clearing, and files of up to 5,000,000,000 bytes.
func DefaultPolicy() Policy {
	return Policy{
		ReviewPeriod:   72 * time.Hour,
		ReviewFrom:     FromDelivery,
		ClearingPeriod: 14 * 24 * time.Hour,
		MaxFileSize:    5_000_000_000,
	}
}

// The bounds of an order's deadlines.
const (
	MaxExtensionDays      = 7  // in one extension
	MaxTotalExtensionDays = 14 // for one delivery
	ProposalLapses        = 72 * time.Hour
	LeftAfterProposal     = 24 * time.Hour
)

const day = 24 * time.Hour

// transition is a row of the table of what may happen to an order. The
// conditions beyond status and party are in may, the effect is in do.
type transition struct {
	by   []Party
	from []Status
	may  func(*Order, Party) bool
	// do returns an event without a type when there was nothing to do.
	do func(*Order, Command, time.Time, Policy) (Event, error)
}

var (
	open    = []Status{Active, Delivered, InRevision}
	either  = []Party{Seller, Buyer}
	allowed = map[Action]transition{
		Deliver:        {by: []Party{Seller}, from: open, do: (*Order).deliver},
		Accept:         {by: []Party{Buyer}, from: []Status{Delivered}, do: (*Order).accept},
		RequestChanges: {by: []Party{Buyer}, from: []Status{Delivered}, do: (*Order).requestChanges},
		ExtendReview: {
			by: []Party{Buyer}, from: []Status{Delivered}, do: (*Order).extendReview,
			may: func(o *Order, _ Party) bool { return o.ExtendedDays < MaxTotalExtensionDays },
		},
		ProposeCancellation: {
			by: either, from: open, do: (*Order).proposeCancellation,
			may: func(o *Order, _ Party) bool { return o.Cancellation == nil },
		},
		WithdrawCancellation: {by: either, from: open, may: (*Order).proposedBy, do: (*Order).withdrawCancellation},
		AgreeCancellation:    {by: either, from: open, may: (*Order).askedOf, do: (*Order).agreeCancellation},
		DeclineCancellation:  {by: either, from: open, may: (*Order).askedOf, do: (*Order).declineCancellation},
		WriteMessage:         {by: either, from: []Status{Active, Delivered, InRevision, Completed}, do: (*Order).writeMessage},
		ChangeOrder:          {by: []Party{Seller}, from: []Status{Active, InRevision}, do: (*Order).change},
		WriteComment:         {by: []Party{Buyer, Viewer}, from: []Status{Delivered}},
	}
)

func (o *Order) proposedBy(p Party) bool {
	return o.Cancellation != nil && o.Cancellation.ProposedBy == p
}

func (o *Order) askedOf(p Party) bool {
	return o.Cancellation != nil && o.Cancellation.ProposedBy == p.other()
}

// Allowed returns the actions that the party may take on the order as it
// stands; never nil. Call [Order.Advance] first when time may have passed.
func (o *Order) Allowed(by Party) []Action {
	actions := []Action{}
	for _, a := range Actions() {
		if t := allowed[a]; slices.Contains(t.by, by) && o.permits(t, by) {
			actions = append(actions, a)
		}
	}
	return actions
}

func (o *Order) permits(t transition, by Party) bool {
	return slices.Contains(t.from, o.Status) && (t.may == nil || t.may(o, by))
}

// Permit returns nil when the party may take the action on the order as it
// stands, and the refusal, Forbidden or Conflict, when not.
func (o *Order) Permit(a Action, by Party) error {
	t := allowed[a]
	if !slices.Contains(t.by, by) {
		return &Error{Code: Forbidden, Message: "this is not for the " + string(by) + " to do"}
	}
	if !o.permits(t, by) {
		return o.conflict(a, by)
	}
	return nil
}

// Apply carries out the command at the given time and returns what happened,
// oldest first. A deadline that has passed by then comes first: its events are
// returned, and the order is changed by them, even when the command is then
// refused. A ChangeOrder that changes nothing returns no event of its own.
//
// It returns an [*Error] with the code Forbidden for the wrong party, Conflict
// when the order does not allow the action now, and Invalid, NoFiles or
// TooLarge for bad content.
func (o *Order) Apply(c Command, now time.Time, p Policy) ([]Event, error) {
	events := o.Advance(now, p)
	t, known := allowed[c.Action]
	if !known {
		return events, invalid("action", "there is no action %q", c.Action)
	}
	if err := o.Permit(c.Action, c.By); err != nil {
		return events, err
	}
	if t.do == nil {
		return events, invalid("action", "to %s is nothing that happens to an order", c.Action.words())
	}
	event, err := t.do(o, c, now, p)
	if err != nil || event.Type == "" {
		return events, err
	}
	o.skipReminders(now)
	return append(events, o.signed(event, c.By, now)), nil
}

// signed completes an event with what every event says.
func (o *Order) signed(e Event, by Party, at time.Time) Event {
	e.Order, e.Seller, e.By, e.At, e.Status = o.ID, o.SellerID, by, at, o.Status
	return e
}

func (o *Order) deliver(c Command, now time.Time, p Policy) (Event, error) {
	if err := c.Work.Check(p); err != nil {
		return Event{}, err
	}
	if _, err := choose("done", c.Comments, c.Work.Done, Comment.Sent); err != nil {
		return Event{}, err
	}
	d := Delivery{
		Number:      len(o.Deliveries) + 1,
		DeliveredAt: now,
		Description: c.Work.Description,
		Files:       slices.Clone(c.Work.Files),
		Links:       slices.Clone(c.Work.Links),
		Symlinks:    slices.Clone(c.Work.Symlinks),
		Done:        slices.Clone(c.Work.Done),
		Arranged:    c.Work.Arranged,
		Heading:     Heading{Title: o.Title, Buyer: o.Buyer.Name, Seller: c.Work.Seller, Server: c.Work.Server},
	}
	from := now
	if p.ReviewFrom == FromDueDate && o.DueAt.After(now) {
		from = o.DueAt
	}
	o.Deliveries = append(o.Deliveries, d)
	o.Status, o.ReviewEndsAt, o.ExtendedDays = Delivered, from.Add(p.ReviewPeriod), 0
	o.Changes = nil
	return Event{Type: WorkDelivered, Delivery: d.Number, ReviewEndsAt: o.ReviewEndsAt, Done: len(d.Done)}, nil
}

func (o *Order) accept(_ Command, now time.Time, p Policy) (Event, error) {
	o.complete(ByBuyer, now, p)
	return Event{Type: OrderCompleted, Delivery: len(o.Deliveries), ClearsAt: o.ClearsAt}, nil
}

func (o *Order) complete(by Completer, at time.Time, p Policy) {
	o.Status, o.CompletedAt, o.CompletedBy = Completed, at, by
	o.ClearsAt = at.Add(p.ClearingPeriod)
	o.ReviewEndsAt, o.ReviewReminded, o.Cancellation = time.Time{}, time.Time{}, nil
}

func (o *Order) requestChanges(c Command, now time.Time, _ Policy) (Event, error) {
	if len(c.Points) > 0 && strings.TrimSpace(c.Message) == "" {
		c.Message = "" // the points say it
	} else if err := checkText("message", c.Message, MaxMessage); err != nil {
		return Event{}, err
	}
	if err := send(c.Comments, c.Points, now); err != nil {
		return Event{}, err
	}
	o.Status, o.ReviewEndsAt = InRevision, time.Time{}
	o.Changes = &ChangeRequest{Delivery: len(o.Deliveries), RequestedAt: now, Message: c.Message, Points: len(c.Points)}
	return Event{Type: ChangesRequested, Delivery: len(o.Deliveries), Message: c.Message, Points: len(c.Points)}, nil
}

func (o *Order) extendReview(c Command, _ time.Time, _ Policy) (Event, error) {
	left := o.ExtensionDaysLeft()
	if c.Days < 1 || c.Days > left {
		return Event{}, invalid("days", "the review can be extended by 1 to %d days", left)
	}
	o.ReviewEndsAt = o.ReviewEndsAt.Add(time.Duration(c.Days) * day)
	o.ExtendedDays += c.Days
	return Event{Type: ReviewExtended, Delivery: len(o.Deliveries), Days: c.Days, ReviewEndsAt: o.ReviewEndsAt}, nil
}

// ExtensionDaysLeft returns how many days the review can be extended by at
// once, 0 when none runs.
func (o *Order) ExtensionDaysLeft() int {
	if o.Status != Delivered {
		return 0
	}
	return min(MaxExtensionDays, MaxTotalExtensionDays-o.ExtendedDays)
}

func (o *Order) proposeCancellation(c Command, now time.Time, _ Policy) (Event, error) {
	if c.Message != "" {
		if err := checkText("message", c.Message, MaxMessage); err != nil {
			return Event{}, err
		}
	}
	o.Cancellation = &Cancellation{ProposedBy: c.By, ProposedAt: now, Message: c.Message}
	return Event{Type: CancellationProposed, Message: c.Message}, nil
}

func (o *Order) withdrawCancellation(_ Command, now time.Time, _ Policy) (Event, error) {
	o.endProposal(now)
	return Event{Type: CancellationWithdrawn, ReviewEndsAt: o.ReviewEndsAt}, nil
}

func (o *Order) declineCancellation(_ Command, now time.Time, _ Policy) (Event, error) {
	o.endProposal(now)
	return Event{Type: CancellationDeclined, ReviewEndsAt: o.ReviewEndsAt}, nil
}

// endProposal lets the clock run on, with a day left at least: nobody shall
// lose an order in the moment a proposal ends.
func (o *Order) endProposal(at time.Time) {
	o.Cancellation = nil
	if least := at.Add(LeftAfterProposal); o.Status == Delivered && o.ReviewEndsAt.Before(least) {
		o.ReviewEndsAt = least
	}
}

func (o *Order) agreeCancellation(_ Command, now time.Time, _ Policy) (Event, error) {
	o.Status, o.CancelledAt = Cancelled, now
	o.ReviewEndsAt, o.Cancellation, o.Changes = time.Time{}, nil, nil
	return Event{Type: OrderCancelled}, nil
}

func (o *Order) writeMessage(c Command, _ time.Time, _ Policy) (Event, error) {
	if err := checkText("message", c.Message, MaxMessage); err != nil {
		return Event{}, err
	}
	return Event{Type: MessageWritten, Message: c.Message}, nil
}
