package bolt

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"handover/backend/order"
)

// count notes that an order has gone from one status to another; the first is
// empty for a new order.
func count(tx *bbolt.Tx, from, to order.Status) error {
	if from == to {
		return nil
	}
	counts := tx.Bucket(countBucket)
	if from != "" {
		if err := counts.Put([]byte(from), number(countOf(counts, from)-1)); err != nil {
			return err
		}
	}
	return counts.Put([]byte(to), number(countOf(counts, to)+1))
}

func countOf(counts *bbolt.Bucket, s order.Status) uint64 {
	if v := counts.Get([]byte(s)); len(v) == 8 {
		return binary.BigEndian.Uint64(v)
	}
	return 0
}

// CountOrders implements [store.Orders].
func (s *Store) CountOrders(context.Context) (map[order.Status]int, error) {
	counted := map[order.Status]int{}
	err := s.db.View(func(tx *bbolt.Tx) error {
		for _, status := range order.Statuses() {
			counted[status] = int(countOf(tx.Bucket(countBucket), status))
		}
		return nil
	})
	return counted, err
}

// countEveryOrder counts the orders anew.
func countEveryOrder(tx *bbolt.Tx) error {
	counted := map[order.Status]uint64{}
	err := tx.Bucket(orderBucket).ForEach(func(k, v []byte) error {
		var o struct {
			Status order.Status `json:"status"`
		}
		if err := json.Unmarshal(v, &o); err != nil {
			return fmt.Errorf("read order %s: %w", k, err)
		}
		counted[o.Status]++
		return nil
	})
	if err != nil {
		return err
	}
	counts, err := tx.CreateBucketIfNotExists(countBucket)
	if err != nil {
		return err
	}
	for status, n := range counted {
		if err := counts.Put([]byte(status), number(n)); err != nil {
			return err
		}
	}
	return nil
}
