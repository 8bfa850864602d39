package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"handover/backend/order"
)

// CheckLedger implements [store.Ledger].
func (s *Store) CheckLedger(ctx context.Context) ([]string, error) {
	a := audit{verifier: verifier{ctx: ctx}, entries: map[string][]order.Entry{}, sums: map[sumKey]order.Earnings{}}
	err := s.view(ctx, func(tx pgx.Tx) error {
		a.tx = tx
		for _, part := range []func() error{a.read, a.compareOrders, a.compareSums} {
			if err := part(); err != nil {
				return err
			}
		}
		return nil
	})
	return a.problems, err
}

// sumKey names what entries add up to.
type sumKey struct{ seller, month, currency string }

func (k sumKey) String() string {
	return fmt.Sprintf("of %s in %s in %s", k.seller, k.month, k.currency)
}

// audit is one check of the ledger.
type audit struct {
	verifier
	entries map[string][]order.Entry // by order
	sums    map[sumKey]order.Earnings
}

func (a *audit) read() error {
	var seller string
	var seq uint64
	return rows(&a.verifier, "SELECT seller, seq, doc FROM ledger ORDER BY seq", "entry of the ledger", []any{&seller, &seq}, func(e order.Entry) {
		if e.Seller != seller || e.Seq != seq {
			a.problem("the ledger's entry %d of %s is in another place", seq, seller)
			return
		}
		a.entries[e.Order] = append(a.entries[e.Order], e)
		k := sumKey{e.Seller, order.Month(e.At), e.Amount.Currency}
		sums := a.sums[k]
		sums.Add(e)
		a.sums[k] = sums
	})
}

func (a *audit) compareOrders() error {
	err := rows(&a.verifier, "SELECT doc FROM orders", "order", nil, func(o order.Order) {
		a.compare(o, a.entries[o.ID])
		delete(a.entries, o.ID)
	})
	for id, entries := range a.entries {
		a.problem("the ledger has %d entries of order %s, which does not exist", len(entries), id)
	}
	return err
}

func (a *audit) compare(o order.Order, entries []order.Entry) {
	statuses := []order.PaymentStatus{}
	for _, e := range entries {
		statuses = append(statuses, e.Status)
		if e.Amount != o.Price || e.Seller != o.SellerID {
			a.problem("order %s costs %s; the ledger's entry %d says %s", o.ID, o.Price, e.Seq, e.Amount)
		}
	}
	if want := o.Entries(); !slices.Equal(statuses, want) {
		a.problem("order %s is %s: the ledger has %v and should have %v", o.ID, o.Status, statuses, want)
	}
}

func (a *audit) compareSums() error {
	found, err := a.tx.Query(a.ctx, selectEarnings)
	err = eachEarnings(found, err, func(seller string, m order.MonthEarnings) {
		k := sumKey{seller, m.Month, m.Currency}
		if m.Earnings != a.sums[k] {
			a.problem("the earnings %s are %+v; the ledger's entries add up to %+v", k, m.Earnings, a.sums[k])
		}
		delete(a.sums, k)
	})
	for k, sums := range a.sums {
		a.problem("the earnings %s are missing; the ledger's entries add up to %+v", k, sums)
	}
	return err
}
