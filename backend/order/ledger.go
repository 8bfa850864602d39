package order

import "time"

// Entry is one entry of a seller's ledger: a change of an order's payment. Entries
// are never changed or removed.
type Entry struct {
	// Seq is the Seq of its event. An event has one entry at most.
	Seq    uint64        `json:"seq"`
	Order  string        `json:"order"`
	Seller string        `json:"seller"` // the account's ID
	Title  string        `json:"title"`  // of the order at that time
	Buyer  string        `json:"buyer"`
	Status PaymentStatus `json:"status"` // of the payment from then on
	Amount Money         `json:"amount"`
	At     time.Time     `json:"at"`
}

// entered maps the events that move money to the new status of the payment.
var entered = map[EventType]PaymentStatus{
	OrderPlaced:    Pending,
	OrderCancelled: Void,
	OrderCompleted: Clearing,
	PaymentCleared: Cleared,
}

// Entry returns the ledger entry of the event, and false when the event moves no
// money. An order without a price has no entries.
func (o *Order) Entry(e Event) (Entry, bool) {
	status, moves := entered[e.Type]
	return Entry{
		Seq: e.Seq, Order: o.ID, Seller: o.SellerID, Title: o.Title, Buyer: o.Buyer.Name,
		Status: status, Amount: o.Price, At: e.At,
	}, moves && o.Price.Hundredths > 0
}

// Entries returns the statuses of the order's expected ledger entries.
func (o *Order) Entries() []PaymentStatus {
	switch {
	case o.Price.Hundredths == 0:
		return nil
	case o.Status == Cancelled:
		return []PaymentStatus{Pending, Void}
	case o.Status != Completed:
		return []PaymentStatus{Pending}
	case o.ClearedAt.IsZero():
		return []PaymentStatus{Pending, Clearing}
	default:
		return []PaymentStatus{Pending, Clearing, Cleared}
	}
}

// Earnings are sums of entries in one currency, in hundredths.
type Earnings struct {
	Placed    int64 `json:"placed"`
	Cancelled int64 `json:"cancelled"`
	Completed int64 `json:"completed"`
	Cleared   int64 `json:"cleared"`
}

// Add adds an entry.
func (s *Earnings) Add(e Entry) {
	switch e.Status {
	case Pending:
		s.Placed += e.Amount.Hundredths
	case Void:
		s.Cancelled += e.Amount.Hundredths
	case Clearing:
		s.Completed += e.Amount.Hundredths
	case Cleared:
		s.Cleared += e.Amount.Hundredths
	}
}

// Plus returns the sum of both.
func (s Earnings) Plus(t Earnings) Earnings {
	return Earnings{s.Placed + t.Placed, s.Cancelled + t.Cancelled, s.Completed + t.Completed, s.Cleared + t.Cleared}
}

// Pending is the sum of orders that are neither completed nor cancelled.
func (s Earnings) Pending() int64 { return s.Placed - s.Cancelled - s.Completed }

// Clearing is the sum of completed orders whose payment has not cleared.
func (s Earnings) Clearing() int64 { return s.Completed - s.Cleared }

// Month returns the calendar month in UTC, such as 2026-11.
func Month(t time.Time) string { return t.UTC().Format("2006-01") }

// MonthEarnings are a seller's earnings of one month in one currency.
type MonthEarnings struct {
	Month    string
	Currency string
	Earnings
}
