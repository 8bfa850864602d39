package bolt

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"

	"handover/backend/order"
)

// FinishUpload implements [store.Uploads].
func (s *Store) FinishUpload(ctx context.Context, u order.Upload) error {
	return s.FinishUploads(ctx, []order.Upload{u})
}

// FinishUploads implements [store.Uploads].
func (s *Store) FinishUploads(_ context.Context, us []order.Upload) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		for _, u := range us {
			if tx.Bucket(uploadBucket).Get([]byte(u.ID)) != nil {
				continue
			}
			if err := put(tx, uploadBucket, []byte(u.ID), u); err != nil {
				return err
			}
			if err := addContent(tx, u); err != nil {
				return err
			}
		}
		return nil
	})
}

// EachUpload implements [store.Uploads].
func (s *Store) EachUpload(_ context.Context, f func(order.Upload) error) error {
	return s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(uploadBucket).ForEach(func(id, _ []byte) error {
			u, err := get[order.Upload](tx, uploadBucket, id, "upload")
			if err != nil {
				return err
			}
			return f(u)
		})
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
		if err := tx.Bucket(uploadBucket).Delete([]byte(id)); err != nil {
			return err
		}
		return dropContent(tx, u)
	})
}
