package bolt

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"handover/backend/order"
)

var (
	ledgerBucket  = []byte("ledger")   // seller, seq -> entry
	earningBucket = []byte("earnings") // seller, month, currency -> sums of the entries
)

// enter writes down where an event moved the order's money, if it did.
func enter(tx *bbolt.Tx, o *order.Order, e order.Event) error {
	entry, moves := o.Entry(e)
	if !moves {
		return nil
	}
	if err := put(tx, ledgerBucket, key([]byte(entry.Seller), number(entry.Seq)), entry); err != nil {
		return err
	}
	k := earningKey(entry)
	sums, err := earnings(tx.Bucket(earningBucket).Get(k))
	if err != nil {
		return err
	}
	sums.Add(entry)
	return put(tx, earningBucket, k, sums)
}

func earningKey(e order.Entry) []byte {
	return key([]byte(e.Seller), []byte(order.Month(e.At)), []byte(e.Amount.Currency))
}

func earnings(raw []byte) (sums order.Earnings, err error) {
	if raw == nil {
		return sums, nil
	}
	if err := json.Unmarshal(raw, &sums); err != nil {
		return sums, fmt.Errorf("read earnings: %w", err)
	}
	return sums, nil
}

// Entries implements [store.Ledger].
func (s *Store) Entries(_ context.Context, sellerID string, after uint64, limit int) (entries []order.Entry, err error) {
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
func (s *Store) Earnings(_ context.Context, sellerID string) (months []order.MonthEarnings, err error) {
	prefix := key([]byte(sellerID), nil)
	err = s.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(earningBucket).Cursor()
		for k, raw := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, raw = c.Next() {
			sums, err := earnings(raw)
			if err != nil {
				return err
			}
			month, currency, _ := bytes.Cut(k[len(prefix):], []byte{0})
			months = append(months, order.MonthEarnings{Month: string(month), Currency: string(currency), Earnings: sums})
		}
		return nil
	})
	return months, err
}

// addLedger brings data from before there were reminders, cleared payments and
// a ledger up to date: time now acts on orders that nothing waited for, so the
// deadlines are listed anew, and the ledger is made of the events so far.
// Payments whose time has passed clear through the deadlines, as after an outage.
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
	err := tx.Bucket(orderBucket).ForEach(func(k, _ []byte) error {
		o, err := get[order.Order](tx, orderBucket, k, "order")
		if err != nil {
			return err
		}
		orders[o.ID] = order.Order{ID: o.ID, SellerID: o.SellerID, Title: o.Title, Buyer: o.Buyer, Price: o.Price}
		return await(tx, &o)
	})
	if err != nil {
		return err
	}
	return tx.Bucket(eventBucket).ForEach(func(k, _ []byte) error {
		e, err := get[order.Event](tx, eventBucket, k, "event")
		if err != nil {
			return err
		}
		o := orders[e.Order]
		return enter(tx, &o, e)
	})
}
