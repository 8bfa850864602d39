package bolt

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"

	"handover/backend/order"
)

// FinishUpload implements [store.Uploads].
func (s *Store) FinishUpload(_ context.Context, u order.Upload) error {
	// Batch shares one sync between the many small files that finish at once.
	return s.db.Batch(func(tx *bbolt.Tx) error {
		if tx.Bucket(uploadBucket).Get([]byte(u.ID)) != nil {
			return nil
		}
		return put(tx, uploadBucket, []byte(u.ID), u)
	})
}

// Upload implements [store.Uploads].
func (s *Store) Upload(_ context.Context, id string) (u order.Upload, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		u, err = get[order.Upload](tx, uploadBucket, []byte(id), "upload")
		return err
	})
	return u, err
}

// DropUpload implements [store.Uploads].
func (s *Store) DropUpload(_ context.Context, id string) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		u, err := get[order.Upload](tx, uploadBucket, []byte(id), "upload")
		if errors.Is(err, &order.Error{Code: order.NotFound}) {
			return nil
		}
		if err != nil {
			return err
		}
		if u.DeliveredIn != 0 {
			return &order.Error{Code: order.Conflict, Message: "the file is part of a delivery"}
		}
		return tx.Bucket(uploadBucket).Delete([]byte(id))
	})
}
