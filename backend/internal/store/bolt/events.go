package bolt

import (
	"bytes"
	"context"
	"math"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Events implements [store.EventLog].
func (s journal) Events(_ context.Context, q store.EventQuery) (events []order.Event, err error) {
	if q.After == math.MaxUint64 {
		return nil, nil // q.After+1 would overflow to the first event
	}
	err = s.db.View(func(tx *bbolt.Tx) error {
		index, prefix := eventBucket, []byte(nil)
		switch {
		case q.OrderID != "":
			index, prefix = orderLogBucket, key([]byte(q.OrderID), nil)
		case q.SellerID != "":
			index, prefix = sellerLogBucket, key([]byte(q.SellerID), nil)
		}
		c := tx.Bucket(index).Cursor()
		first := append(bytes.Clone(prefix), number(q.After+1)...)
		// The length check keeps apart names that differ by a zero byte at the end.
		for k, _ := c.Seek(first); len(k) == len(prefix)+8 && bytes.HasPrefix(k, prefix) && len(events) < q.Limit; k, _ = c.Next() {
			e, err := get[order.Event](tx, eventBucket, k[len(prefix):], "event")
			if err != nil {
				return err
			}
			events = append(events, e)
		}
		return nil
	})
	return events, err
}

// LastSeq implements [store.EventLog].
func (s journal) LastSeq(context.Context) (seq uint64, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		seq = tx.Bucket(eventBucket).Sequence()
		return nil
	})
	return seq, err
}

// appendEvent adds the event to the logs, and its ledger entry to the ledger.
func appendEvent(tx *bbolt.Tx, o order.Order, e order.Event) error {
	seq, err := tx.Bucket(eventBucket).NextSequence()
	if err != nil {
		return err
	}
	e.Seq = seq
	if err := appendEntry(tx, o, e); err != nil {
		return err
	}
	if err := tx.Bucket(orderLogBucket).Put(key([]byte(e.Order), number(seq)), nil); err != nil {
		return err
	}
	if err := tx.Bucket(sellerLogBucket).Put(key([]byte(e.Seller), number(seq)), nil); err != nil {
		return err
	}
	return put(tx, eventBucket, number(seq), e)
}
