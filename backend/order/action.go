package order

import (
	"slices"
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
	do func(step) (Event, error)
}

var (
	open    = []Status{Active, Delivered, InRevision}
	either  = []Party{Seller, Buyer}
	allowed = map[Action]transition{
		Deliver:        {by: []Party{Seller}, from: open, do: step.deliver},
		Accept:         {by: []Party{Buyer}, from: []Status{Delivered}, do: step.accept},
		RequestChanges: {by: []Party{Buyer}, from: []Status{Delivered}, do: step.requestChanges},
		ExtendReview: {
			by: []Party{Buyer}, from: []Status{Delivered}, do: step.extendReview,
			may: func(o *Order, _ Party) bool { return o.ExtendedDays < MaxTotalExtensionDays },
		},
		ProposeCancellation: {
			by: either, from: open, do: step.proposeCancellation,
			may: func(o *Order, _ Party) bool { return o.Cancellation == nil },
		},
		WithdrawCancellation: {by: either, from: open, may: proposed, do: step.withdrawCancellation},
		AgreeCancellation:    {by: either, from: open, may: wasAsked, do: step.agreeCancellation},
		DeclineCancellation:  {by: either, from: open, may: wasAsked, do: step.declineCancellation},
		WriteMessage:         {by: either, from: []Status{Active, Delivered, InRevision, Completed}, do: step.writeMessage},
		ChangeOrder:          {by: []Party{Seller}, from: []Status{Active, InRevision}, do: step.change},
		WriteComment:         {by: []Party{Buyer, Viewer}, from: []Status{Delivered}},
	}
)

// proposed reports whether the party proposed to cancel.
func proposed(o *Order, p Party) bool {
	return o.Cancellation != nil && o.Cancellation.ProposedBy == p
}

// wasAsked reports whether the other party proposed to cancel.
func wasAsked(o *Order, p Party) bool { return proposed(o, p.other()) }

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
		return o.conflict(by, "cannot %s: the order is %s; allowed now: %s", a.words(), o.Status.words(), inWords(o.Allowed(by)))
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
	event, err := t.do(step{order: o, command: c, now: now, policy: p})
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
