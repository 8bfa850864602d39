// Package alerts decides which alerts a seller gets about their orders, when, and in which
// words. It does not show them.
package alerts

import (
	"slices"
	"time"

	"handover/backend/order"
)

// Kind is a kind of news. The seller can switch each off.
type Kind string

// The kinds of news.
const (
	Accepted     Kind = "accepted"     // the buyer accepted
	Changes      Kind = "changes"      // the buyer asked for changes
	Extended     Kind = "extended"     // the buyer extended the review
	Message      Kind = "message"      // the buyer sent a message
	Completed    Kind = "completed"    // the review period ended
	Cancellation Kind = "cancellation" // the buyer proposed a cancellation, or agreed to one
	Due          Kind = "due"          // the due date is near, without a delivery
)

// Kinds are all kinds of news.
func Kinds() []Kind {
	return []Kind{Accepted, Changes, Extended, Message, Completed, Cancellation, Due}
}

// News is an event about an order that may interest the seller.
type News struct {
	Kind  Kind
	Order string // ID
	Title string
	Buyer string
	Text  string        // the buyer's message
	Days  int           // of Extended
	Left  time.Duration // of Due
	Over  bool          // of Cancellation: the order is cancelled
}

// Of returns the news of an order's event, without the order's title and buyer. It returns
// false for events that are not news or were caused by the seller.
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

// Known reports whether the kind exists.
func (k Kind) Known() bool { return slices.Contains(Kinds(), k) }
