package bolt_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store/bolt"
	"handover/backend/internal/store/storetest"
	"handover/backend/order"
)

// A file from before there was an index of contents gets one.
func TestContentsOfAnOlderFile(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "handover.db")
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Uploads.FinishUploads(ctx, []order.Upload{
		{ID: "a", SellerID: "ann", SHA256: "x", Size: 10}, {ID: "b", SellerID: "ann", SHA256: "x", Size: 10}, {ID: "c", SellerID: "bob", SHA256: "x", Size: 10},
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return errors.Join(tx.DeleteBucket([]byte("contents")), tx.DeleteBucket([]byte("stored_bytes")),
			tx.Bucket([]byte("meta")).Put([]byte("format"), []byte("\x00\x00\x00\x00\x00\x00\x00\x01")))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err = bolt.Open(path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	storetest.WantContent(t, s.Uploads, "ann", "x", "", "a")
	storetest.WantContent(t, s.Uploads, "ann", "x", "a", "b")
	storetest.WantContent(t, s.Uploads, "bob", "x", "", "c")
	if sum, err := s.Uploads.StoredBytes(ctx, "ann"); err != nil || sum != 10 {
		t.Errorf("ann has %d bytes, %v", sum, err)
	}
}
