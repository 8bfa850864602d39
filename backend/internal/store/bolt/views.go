package bolt

import (
	"context"

	"go.etcd.io/bbolt"

	"handover/backend/order"
)

// viewBucket finds orders for viewers. It is not reviewBucket, so that no fault
// in one can make a viewer the buyer.
var viewBucket = []byte("views") // hash of the token -> id

// OrderByViewLink implements [store.Orders].
func (s *Store) OrderByViewLink(_ context.Context, viewHash string) (o order.Order, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		o, err = get[order.Order](tx, orderBucket, tx.Bucket(viewBucket).Get([]byte(viewHash)), "order")
		return err
	})
	if _, ok := o.ViewedBy(viewHash); err == nil && !ok {
		return order.Order{}, &order.Error{Code: order.NotFound, Message: "there is no such order"}
	}
	return o, err
}

// addViews is the migration from format 2 to 3. The format before knew no links
// to look; it must not open a file that has some, because it would forget them.
func addViews(tx *bbolt.Tx) error {
	_, err := tx.CreateBucketIfNotExists(viewBucket)
	return err
}

// indexViews makes the order be found by the hashes of its links to look.
func indexViews(tx *bbolt.Tx, before, o order.Order) error {
	views := tx.Bucket(viewBucket)
	for _, l := range before.ViewLinks {
		if _, stays := o.ViewedBy(l.Hash); stays {
			continue
		}
		if err := views.Delete([]byte(l.Hash)); err != nil {
			return err
		}
	}
	for _, l := range o.ViewLinks {
		if _, known := before.ViewedBy(l.Hash); known {
			continue
		}
		if err := views.Put([]byte(l.Hash), []byte(o.ID)); err != nil {
			return err
		}
	}
	return nil
}
