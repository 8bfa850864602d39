package bolt

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

var (
	ledgerBucket  = []byte("ledger")   // seller, seq -> entry
	earningBucket = []byte("earnings") // seller, month, currency -> sums of the entries
)

// appendEntry adds the event's ledger entry, if the event moves money.
func appendEntry(tx *bbolt.Tx, o order.Order, e order.Event) error {
	entry, moves := o.Entry(e)
	if !moves {
		return nil
	}
	if err := put(tx, ledgerBucket, entryKey(entry), entry); err != nil {
		return err
	}
	k := sumKey(store.SumKeyOf(entry))
	sums, err := decodeSums(tx.Bucket(earningBucket).Get(k))
	if err != nil {
		return err
	}
	sums.Add(entry)
	return put(tx, earningBucket, k, sums)
}

func entryKey(e order.Entry) []byte { return key([]byte(e.Seller), number(e.Seq)) }

func sumKey(k store.SumKey) []byte {
	return key([]byte(k.Seller), []byte(k.Month), []byte(k.Currency))
}

func readSumKey(k []byte) store.SumKey {
	seller, rest, _ := bytes.Cut(k, []byte{0})
	month, currency, _ := bytes.Cut(rest, []byte{0})
	return store.SumKey{Seller: string(seller), Month: string(month), Currency: string(currency)}
}

func decodeSums(raw []byte) (sums order.Earnings, err error) {
	if raw == nil {
		return sums, nil
	}
	if err := json.Unmarshal(raw, &sums); err != nil {
		return sums, fmt.Errorf("read earnings: %w", err)
	}
	return sums, nil
}

// Entries implements [store.Ledger].
func (s ledger) Entries(_ context.Context, sellerID string, after uint64, limit int) (entries []order.Entry, err error) {
	if after == math.MaxUint64 {
		return nil, nil // after+1 would overflow to the first entry
	}
	prefix := key([]byte(sellerID), nil)
	err = s.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(ledgerBucket).Cursor()
		first := append(bytes.Clone(prefix), number(after+1)...)
		for k, raw := c.Seek(first); bytes.HasPrefix(k, prefix) && len(entries) < limit; k, raw = c.Next() {
			var e order.Entry
			if err := json.Unmarshal(raw, &e); err != nil {
				return fmt.Errorf("read an entry of the ledger: %w", err)
			}
			entries = append(entries, e)
		}
		return nil
	})
	return entries, err
}

// Earnings implements [store.Ledger].
func (s ledger) Earnings(_ context.Context, sellerID string) (months []order.MonthEarnings, err error) {
	prefix := key([]byte(sellerID), nil)
	err = s.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(earningBucket).Cursor()
		for k, raw := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, raw = c.Next() {
			sums, err := decodeSums(raw)
			if err != nil {
				return err
			}
			of := readSumKey(k)
			months = append(months, order.MonthEarnings{Month: of.Month, Currency: of.Currency, Earnings: sums})
		}
		return nil
	})
	return months, err
}

// CheckLedger implements [store.Checks].
func (s checks) CheckLedger(ctx context.Context) ([]string, error) {
	audit := store.NewLedgerAudit()
	err := s.db.View(func(tx *bbolt.Tx) error {
		err := tx.Bucket(ledgerBucket).ForEach(func(k, raw []byte) error {
			var e order.Entry
			if err := json.Unmarshal(raw, &e); err != nil || !bytes.Equal(k, entryKey(e)) {
				audit.Problem("the ledger's entry %q is damaged or in another place: %v", k, err)
				return nil
			}
			audit.Entry(e)
			return ctx.Err()
		})
		if err != nil {
			return err
		}
		err = tx.Bucket(orderBucket).ForEach(func(k, _ []byte) error {
			o, err := get[order.Order](tx, orderBucket, k, "order")
			if err != nil {
				audit.Problem("order %s cannot be compared with the ledger: %v", k, err)
				return nil
			}
			audit.Order(o)
			return ctx.Err()
		})
		if err != nil {
			return err
		}
		err = tx.Bucket(earningBucket).ForEach(func(k, raw []byte) error {
			sums, err := decodeSums(raw)
			if err != nil {
				audit.Problem("the earnings %q are damaged: %v", k, err)
			}
			audit.Sum(readSumKey(k), sums)
			return ctx.Err()
		})
		audit.End()
		return err
	})
	return audit.Problems(), err
}

// addLedger updates a file from before reminders, cleared payments and the
// ledger. It indexes the deadlines again, because more orders have one now, and
// derives the ledger from the events. Payments that are due clear through their
// deadlines, as after an outage.
func addLedger(tx *bbolt.Tx) error {
	for _, name := range [][]byte{deadlineBucket, ledgerBucket, earningBucket} {
		if tx.Bucket(name) != nil {
			if err := tx.DeleteBucket(name); err != nil {
				return err
			}
		}
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	orders := map[string]order.Order{}
	err := each(tx, orderBucket, "order", func(o order.Order) error {
		orders[o.ID] = order.Order{ID: o.ID, SellerID: o.SellerID, Title: o.Title, Buyer: o.Buyer, Price: o.Price}
		return addDeadline(tx, o)
	})
	if err != nil {
		return err
	}
	return each(tx, eventBucket, "event", func(e order.Event) error {
		return appendEntry(tx, orders[e.Order], e)
	})
}
