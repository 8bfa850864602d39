package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"handover/backend/order"
)

// Ledger stores the money movements of orders. The transaction that appends an
// event to the [EventLog] also appends its ledger entry. Entries never change.
type Ledger interface {
	// Entries returns up to limit entries of a seller with a Seq above after,
	// oldest first.
	Entries(ctx context.Context, sellerID string, after uint64, limit int) ([]order.Entry, error)
	// Earnings returns the sums of a seller's entries by month and currency,
	// oldest first. Its cost does not depend on the number of orders.
	Earnings(ctx context.Context, sellerID string) ([]order.MonthEarnings, error)
}

// SumKey identifies one sum of ledger entries.
type SumKey struct{ Seller, Month, Currency string }

// SumKeyOf returns the key of the sum that the entry adds to.
func SumKeyOf(e order.Entry) SumKey {
	return SumKey{e.Seller, order.Month(e.At), e.Amount.Currency}
}

func (k SumKey) String() string {
	return fmt.Sprintf("of %s in %s in %s", k.Seller, k.Month, k.Currency)
}

// Sums adds up ledger entries.
type Sums map[SumKey]order.Earnings

// Add adds an entry to its sum.
func (s Sums) Add(e order.Entry) {
	k := SumKeyOf(e)
	sum := s[k]
	sum.Add(e)
	s[k] = sum
}

// LedgerAudit is one [Checks.CheckLedger]. The store passes it all entries, then
// all orders, then all sums.
type LedgerAudit struct {
	Findings
	entries map[string][]order.Entry // by order
	sums    Sums
}

// NewLedgerAudit returns an audit without entries.
func NewLedgerAudit() *LedgerAudit {
	return &LedgerAudit{entries: map[string][]order.Entry{}, sums: Sums{}}
}

// Entry adds an entry of the ledger.
func (a *LedgerAudit) Entry(e order.Entry) {
	a.entries[e.Order] = append(a.entries[e.Order], e)
	a.sums.Add(e)
}

// Order compares an order with its entries.
func (a *LedgerAudit) Order(o order.Order) {
	statuses := []order.PaymentStatus{}
	for _, e := range a.entries[o.ID] {
		statuses = append(statuses, e.Status)
		if e.Amount != o.Price || e.Seller != o.SellerID {
			a.Problem("order %s costs %s; the ledger's entry %d says %s", o.ID, o.Price, e.Seq, e.Amount)
		}
	}
	if want := o.Entries(); !slices.Equal(statuses, want) {
		a.Problem("order %s is %s: the ledger has %v and should have %v", o.ID, o.Status, statuses, want)
	}
	delete(a.entries, o.ID)
}

// Sum compares a stored sum with the entries.
func (a *LedgerAudit) Sum(k SumKey, stored order.Earnings) {
	if stored != a.sums[k] {
		a.Problem("the earnings %s are %+v; the ledger's entries add up to %+v", k, stored, a.sums[k])
	}
	delete(a.sums, k)
}

// End reports entries without an order and sums that are missing.
func (a *LedgerAudit) End() {
	for _, id := range slices.Sorted(maps.Keys(a.entries)) {
		a.Problem("the ledger has %d entries of order %s, which does not exist", len(a.entries[id]), id)
	}
	for k, sum := range a.sums {
		a.Problem("the earnings %s are missing; the ledger's entries add up to %+v", k, sum)
	}
}
