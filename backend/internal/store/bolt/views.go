package bolt

import (
	"context"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// viewBucket indexes orders for viewers. It is separate from reviewBucket, so a
// fault in either bucket cannot give a viewer the buyer's rights.
var viewBucket = []byte("views") // hash of the token -> id

// OrderByViewLink implements [store.Orders].
func (s orders) OrderByViewLink(_ context.Context, viewHash string) (o order.Order, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		o, err = get[order.Order](tx, orderBucket, tx.Bucket(viewBucket).Get([]byte(viewHash)), "order")
		return err
	})
	if err != nil {
		return o, err
	}
	if _, ok := o.ViewedBy(viewHash); !ok {
		return order.Order{}, store.NotFound("order")
	}
	return o, nil
}

// addViews is the migration from format 2 to 3. Format 2 has no view links, so its
// versions must not open a file with some: they would drop them.
func addViews(tx *bbolt.Tx) error {
	_, err := tx.CreateBucketIfNotExists(viewBucket)
	return err
}

// indexViews indexes the order by the hashes of its view links.
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
