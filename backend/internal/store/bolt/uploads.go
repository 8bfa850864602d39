package bolt

import (
	"bytes"
	"context"
	"encoding/binary"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// The indexes of each seller's uploads by content. They are derived from the
// uploads, and built again when they are missing.
var (
	contentBucket = []byte("contents")     // seller, sha256, id -> size
	storedBucket  = []byte("stored_bytes") // seller -> size of all contents, each once
)

// FinishUpload implements [store.Uploads].
func (s uploads) FinishUpload(ctx context.Context, u order.Upload) error {
	return s.FinishUploads(ctx, []order.Upload{u})
}

// FinishUploads implements [store.Uploads].
func (s uploads) FinishUploads(_ context.Context, us []order.Upload) error {
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
func (s uploads) EachUpload(_ context.Context, f func(order.Upload) error) error {
	return s.db.View(func(tx *bbolt.Tx) error { return each(tx, uploadBucket, "upload", f) })
}

// Upload implements [store.Uploads].
func (s uploads) Upload(_ context.Context, id string) (u order.Upload, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		u, err = get[order.Upload](tx, uploadBucket, []byte(id), "upload")
		return err
	})
	return u, err
}

// DropUpload implements [store.Uploads].
func (s uploads) DropUpload(_ context.Context, id string) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		u, err := get[order.Upload](tx, uploadBucket, []byte(id), "upload")
		if store.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if u.DeliveredIn != 0 {
			return store.ErrUploadDelivered
		}
		if err := tx.Bucket(uploadBucket).Delete([]byte(id)); err != nil {
			return err
		}
		return dropContent(tx, u)
	})
}

// StoredBytes implements [store.Uploads].
func (s uploads) StoredBytes(_ context.Context, sellerID string) (sum int64, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		sum = stored(tx, sellerID)
		return nil
	})
	return sum, err
}

// UploadWith implements [store.Uploads].
func (s uploads) UploadWith(_ context.Context, sellerID, sha256 string, size int64, not string) (u order.Upload, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		var id []byte
		holders(tx, sellerID, sha256, func(found, has []byte) bool {
			if binary.BigEndian.Uint64(has) == uint64(size) && string(found) != not {
				id = found
			}
			return id == nil
		})
		u, err = get[order.Upload](tx, uploadBucket, id, "upload")
		return err
	})
	return u, err
}

// prepareContents builds the indexes of a file without them.
func prepareContents(tx *bbolt.Tx) error {
	if tx.Bucket(contentBucket) != nil {
		return nil
	}
	for _, name := range [][]byte{contentBucket, storedBucket} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return each(tx, uploadBucket, "upload", func(u order.Upload) error { return addContent(tx, u) })
}

func contentPrefix(sellerID, sha256 string) []byte {
	return key([]byte(sellerID), []byte(sha256), nil)
}

// holders calls f with the uploads of a content until f returns false.
func holders(tx *bbolt.Tx, sellerID, sha256 string, f func(id, size []byte) (more bool)) {
	prefix := contentPrefix(sellerID, sha256)
	c := tx.Bucket(contentBucket).Cursor()
	for k, size := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, size = c.Next() {
		if !f(k[len(prefix):], size) {
			return
		}
	}
}

func held(tx *bbolt.Tx, u order.Upload) (found bool) {
	holders(tx, u.SellerID, u.SHA256, func(_, _ []byte) bool {
		found = true
		return false
	})
	return found
}

func addContent(tx *bbolt.Tx, u order.Upload) error {
	if !held(tx, u) {
		if err := addStored(tx, u.SellerID, u.Size); err != nil {
			return err
		}
	}
	return tx.Bucket(contentBucket).Put(append(contentPrefix(u.SellerID, u.SHA256), u.ID...), number(uint64(u.Size)))
}

func dropContent(tx *bbolt.Tx, u order.Upload) error {
	if err := tx.Bucket(contentBucket).Delete(append(contentPrefix(u.SellerID, u.SHA256), u.ID...)); err != nil {
		return err
	}
	if held(tx, u) {
		return nil
	}
	return addStored(tx, u.SellerID, -u.Size)
}

func addStored(tx *bbolt.Tx, sellerID string, size int64) error {
	sum := stored(tx, sellerID) + size
	if sum == 0 {
		return tx.Bucket(storedBucket).Delete([]byte(sellerID))
	}
	return tx.Bucket(storedBucket).Put([]byte(sellerID), number(uint64(sum)))
}

func stored(tx *bbolt.Tx, sellerID string) int64 {
	if v := tx.Bucket(storedBucket).Get([]byte(sellerID)); len(v) == 8 {
		return int64(binary.BigEndian.Uint64(v))
	}
	return 0
}
