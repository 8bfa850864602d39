package bolt

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"

	"handover/backend/order"
)

// RecordViews implements [store.Views].
func (s *Store) RecordViews(_ context.Context, readings []order.View, p order.Policy) error {
	noted := false
	err := s.db.Update(func(tx *bbolt.Tx) error {
		for _, r := range readings {
			o, err := get[order.Order](tx, orderBucket, []byte(r.Order), "order")
			if errors.Is(err, &order.Error{Code: order.NotFound}) {
				continue
			}
			if err != nil {
				return err
			}
			before := o
			events := o.RecordView(r, p)
			if len(events) == 0 {
				continue
			}
			noted = true
			if err := save(tx, before, &o, events); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && noted {
		s.announce()
	}
	return err
}
