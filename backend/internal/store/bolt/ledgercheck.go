package bolt

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"handover/backend/order"
)

// CheckLedger implements [store.Ledger].
func (s *Store) CheckLedger(ctx context.Context) ([]string, error) {
	audit := audit{ctx: ctx, entries: map[string][]order.Entry{}, sums: map[string]order.Earnings{}}
	err := s.db.View(func(tx *bbolt.Tx) error {
		for _, part := range []func(*bbolt.Tx) error{audit.read, audit.compareOrders, audit.compareSums} {
			if err := part(tx); err != nil {
				return err
			}
		}
		return nil
	})
	return audit.problems, err
}

// audit is one check of the ledger.
type audit struct {
	ctx      context.Context
	entries  map[string][]order.Entry  // by order
	sums     map[string]order.Earnings // by their keys
	problems []string
}

func (a *audit) problem(format string, args ...any) {
	a.problems = append(a.problems, fmt.Sprintf(format, args...))
}

func (a *audit) read(tx *bbolt.Tx) error {
	return tx.Bucket(ledgerBucket).ForEach(func(k, raw []byte) error {
		var e order.Entry
		if err := json.Unmarshal(raw, &e); err != nil || string(k) != string(key([]byte(e.Seller), number(e.Seq))) {
			a.problem("the ledger's entry %q is damaged or in another place: %v", k, err)
			return nil
		}
		a.entries[e.Order] = append(a.entries[e.Order], e)
		k = earningKey(e)
		sums := a.sums[string(k)]
		sums.Add(e)
		a.sums[string(k)] = sums
		return a.ctx.Err()
	})
}

func (a *audit) compareOrders(tx *bbolt.Tx) error {
	err := tx.Bucket(orderBucket).ForEach(func(k, _ []byte) error {
		o, err := get[order.Order](tx, orderBucket, k, "order")
		if err != nil {
			a.problem("order %s cannot be compared with the ledger: %v", k, err)
			return nil
		}
		a.compare(o, a.entries[o.ID])
		delete(a.entries, o.ID)
		return a.ctx.Err()
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

func (a *audit) compareSums(tx *bbolt.Tx) error {
	err := tx.Bucket(earningBucket).ForEach(func(k, raw []byte) error {
		sums, err := earnings(raw)
		if err != nil || sums != a.sums[string(k)] {
			a.problem("the earnings %q are %+v; the ledger's entries add up to %+v", k, sums, a.sums[string(k)])
		}
		delete(a.sums, string(k))
		return a.ctx.Err()
	})
	for k, sums := range a.sums {
		a.problem("the earnings %q are missing; the ledger's entries add up to %+v", k, sums)
	}
	return err
}
