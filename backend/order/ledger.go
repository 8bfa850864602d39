package order

import "time"

// Entry is one line of a seller's ledger: where the money of an order went at
// a time. Entries are only ever added.
type Entry struct {
	// Seq is that of the event that made it: an event makes one entry at most.
	Seq    uint64        `json:"seq"`
	Order  string        `json:"order"`
	Seller string        `json:"seller"` // the account's ID
	Title  string        `json:"title"`  // of the order at that time
	Buyer  string        `json:"buyer"`
	Status PaymentStatus `json:"status"` // of the payment from then on
	Amount Money         `json:"amount"`
	At     time.Time     `json:"at"`
}

// entered says which events move money, and where to.
var entered = map[EventType]PaymentStatus{
	OrderPlaced:    Pending,
	OrderCancelled: Void,
	OrderCompleted: Clearing,
	PaymentCleared: Cleared,
}

// Entry returns the entry that the event makes in the ledger, and false when it
// moves no money. An order without a price has none.
func (o *Order) Entry(e Event) (Entry, bool) {
	status, moves := entered[e.Type]
	return Entry{
		Seq: e.Seq, Order: o.ID, Seller: o.SellerID, Title: o.Title, Buyer: o.Buyer.Name,
		Status: status, Amount: o.Price, At: e.At,
	}, moves && o.Price.Hundredths > 0
}

// Entries returns what the ledger holds of an order as it stands.
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

// Earnings adds up entries of one currency, in hundredths.
type Earnings struct {
	Placed    int64 `json:"placed"`
	Cancelled int64 `json:"cancelled"`
	Completed int64 `json:"completed"`
	Cleared   int64 `json:"cleared"`
}

// Add counts an entry.
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

// Pending is what is owed for orders that are neither completed nor cancelled.
func (s Earnings) Pending() int64 { return s.Placed - s.Cancelled - s.Completed }

// Clearing is what was earned and has not cleared.
func (s Earnings) Clearing() int64 { return s.Completed - s.Cleared }

// Month is a calendar month of UTC, as 2026-11.
func Month(t time.Time) string { return t.UTC().Format("2006-01") }

// MonthEarnings is what happened to a seller's money of one currency in a month.
type MonthEarnings struct {
	Month    string
	Currency string
	Earnings
}
