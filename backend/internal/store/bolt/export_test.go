package bolt

import (
	"go.etcd.io/bbolt"

	"handover/backend/order"
)

// ForgetReviewHash leaves the order as the first version stored it.
func (s *Store) ForgetReviewHash(id string) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		o, err := get[order.Order](tx, orderBucket, []byte(id), "order")
		if err != nil {
			return err
		}
		o.ReviewHash = ""
		return put(tx, orderBucket, []byte(id), o)
	})
}

// ForgetLists leaves the lists as the first version stored them.
func (s *Store) ForgetLists() error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		if err := tx.DeleteBucket(statusBucket); err != nil {
			return err
		}
		if err := tx.Bucket(metaBucket).Put(formatKey, number(1)); err != nil {
			return err
		}
		list := tx.Bucket(sellerBucket)
		return list.ForEach(func(k, _ []byte) error { return list.Put(k, nil) })
	})
}
