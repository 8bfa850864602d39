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
