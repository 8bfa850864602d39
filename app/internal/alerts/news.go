// Package alerts decides what a seller who looks elsewhere is told of their
// orders, when, and in which words. It shows nothing itself.
package alerts

import (
	"slices"
	"time"

	"handover/backend/order"
)

// Kind is a kind of news, which the seller can switch off.
type Kind string

// The kinds of news.
const (
	Accepted     Kind = "accepted"     // the buyer accepted
	Changes      Kind = "changes"      // the buyer asks for changes
	Extended     Kind = "extended"     // the buyer extended the review
	Message      Kind = "message"      // the buyer wrote
	Completed    Kind = "completed"    // the order completed by itself
	Cancellation Kind = "cancellation" // the buyer wants to cancel, or agreed to
	Due          Kind = "due"          // the due date is near, and nothing is delivered
)

// Kinds are all kinds of news.
func Kinds() []Kind {
	return []Kind{Accepted, Changes, Extended, Message, Completed, Cancellation, Due}
}

// News is something that the seller may want to know of an order.
type News struct {
	Kind  Kind
	Order string // ID
	Title string
	Buyer string
	Text  string        // what the buyer wrote
	Days  int           // of Extended
	Left  time.Duration // of Due
	Over  bool          // of Cancellation: the order is cancelled
}

// Of returns the news that an event of the order is to its seller, without the
// order's title and buyer; false for what is none or the seller did.
func Of(e order.Event) (News, bool) {
	n := News{Order: e.Order, Text: e.Message, Days: e.Days}
	switch {
	case e.Type == order.OrderCompleted && e.By == order.Clock:
		n.Kind = Completed
	case e.By != order.Buyer:
		return News{}, false
	case e.Type == order.OrderCompleted:
		n.Kind = Accepted
	case e.Type == order.ChangesRequested:
		n.Kind = Changes
	case e.Type == order.ReviewExtended:
		n.Kind = Extended
	case e.Type == order.MessageWritten:
		n.Kind = Message
	case e.Type == order.CancellationProposed, e.Type == order.OrderCancelled:
		n.Kind, n.Over = Cancellation, e.Type == order.OrderCancelled
	default:
		return News{}, false
	}
	return n, true
}

// Known reports whether there is such a kind.
func (k Kind) Known() bool { return slices.Contains(Kinds(), k) }
