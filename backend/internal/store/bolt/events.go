package bolt

import (
	"bytes"
	"context"
	"math"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Events implements [store.Orders].
func (s *Store) Events(_ context.Context, q store.EventQuery) (events []order.Event, err error) {
	if q.After == math.MaxUint64 {
		return nil, nil // nothing comes after it, and its successor would be the first
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
		// A name with a zero byte at its end could be taken for a shorter one.
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

// LastSeq implements [store.Orders].
func (s *Store) LastSeq(context.Context) (seq uint64, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		seq = tx.Bucket(eventBucket).Sequence()
		return nil
	})
	return seq, err
}
