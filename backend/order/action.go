package order

import (
	"slices"
	"strings"
	"time"
)

// Action is something a party may do to an order.
type Action string

// The actions. [Command] describes their parameters.
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
	// WriteComment permits writing, changing and deleting comments, see
	// [Order.PutComment]. It does not change the order, and Apply refuses it.
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
	// Message is required for WriteMessage, and for RequestChanges without Points. It
	// is optional for ProposeCancellation.
	Message string
	// Points are the IDs of the drafts among Comments that RequestChanges sends.
	Points []string
	// Comments are all comments of the order. Apply marks the sent ones in place, and
	// changes nothing when it returns an error.
	Comments []Comment
	// Days is the length of an extension by ExtendReview: 1 to 7.
	Days int
	// Work is the content of a delivery, for Deliver.
	Work Work
	// Edit is for ChangeOrder.
	Edit Edit
}

// Work is the content of one delivery.
type Work struct {
	Description string
	Files       []File
	Links       []Link
	Symlinks    []Symlink
	Arranged    bool // the seller chose the order of Files
	// Seller and Server are for the delivery's Heading: the seller's name and
	// the server's public address.
	Seller, Server string
	// Done are the IDs of the points that the delivery resolves: sent comments, each
	// once. A point that an earlier delivery resolved may be repeated.
	Done []string
	// ConfirmNoFiles allows a delivery with neither file nor link.
	ConfirmNoFiles bool
}

// ReviewFrom is the start of the review period.
type ReviewFrom string

// The review period starts with the delivery, or with the later of the due date
// and the delivery.
const (
	FromDelivery ReviewFrom = "delivery"
	FromDueDate  ReviewFrom = "due-date"
)

// Policy contains the server's settings for the rules. The order stores each
// deadline when it starts, so a changed setting does not move a running deadline.
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

// transition is a row of the table of actions. may checks conditions other than
// status and party, and do has the effect.
type transition struct {
	by   []Party
	from []Status
	may  func(*Order, Party) bool
	// do returns an event without a type when nothing changed.
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

// Allowed returns the actions that the party may take in the order's current state;
// never nil. Call [Order.Advance] first when time may have passed.
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

// Permit returns nil when the party may take the action in the order's current
// state. Otherwise it returns Forbidden or Conflict.
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

// Apply applies the command at the given time and returns the events, oldest first.
// Deadlines that have passed take effect first: Apply changes the order and returns
// their events even when it refuses the command. A ChangeOrder without a difference
// adds no event.
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

// signed sets the fields that every event has.
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
		c.Message = "" // the points are enough
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

// ExtensionDaysLeft returns the longest possible extension of the review in days, 0
// without a running review.
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

// endProposal resumes the review with at least a day left, so the order does not
// complete as soon as the proposal ends.
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
