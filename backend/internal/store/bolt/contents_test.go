package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

func upload(id, seller, sha256 string, size int64) order.Upload {
	return order.Upload{ID: id, SellerID: seller, OrderID: "o", Path: "p", SHA256: sha256, Size: size}
}

// wantContents asserts what the seller has.
func wantContents(t *testing.T, s *bolt.Store, seller string, sum int64, shas map[string]string) {
	t.Helper()
	ctx := context.Background()
	if got, err := s.StoredBytes(ctx, seller); got != sum || err != nil {
		t.Errorf("%s has %d bytes (%v), want %d", seller, got, err, sum)
	}
	for sha, id := range shas {
		u, err := s.UploadWith(ctx, seller, sha, 10, "")
		if id == "" {
			if !errors.Is(err, &order.Error{Code: order.NotFound}) {
				t.Errorf("%s of %s: %v, %v", sha, seller, u, err)
			}
			continue
		}
		if err != nil || u.ID != id || u.SellerID != seller {
			t.Errorf("%s of %s: %v, %v; want %s", sha, seller, u, err, id)
		}
	}
}

func TestContents(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "handover.db")
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	all := []order.Upload{upload("a", "ann", "x", 10), upload("b", "ann", "x", 10), upload("c", "ann", "y", 10), upload("d", "bob", "x", 10), upload("e", "an", "z", 10)}
	for range 2 { // a second time changes nothing
		if err := s.FinishUploads(ctx, all); err != nil {
			t.Fatal(err)
		}
	}
	check := func() {
		t.Helper()
		wantContents(t, s, "ann", 20, map[string]string{"x": "a", "y": "c", "z": "", "": ""})
		wantContents(t, s, "bob", 10, map[string]string{"x": "d", "y": ""})
		wantContents(t, s, "eve", 0, map[string]string{"x": ""})
	}
	check()
	if u, err := s.UploadWith(ctx, "ann", "x", 11, ""); !errors.Is(err, &order.Error{Code: order.NotFound}) {
		t.Errorf("another size: %v, %v", u, err)
	}

	if u, err := s.UploadWith(ctx, "ann", "x", 10, "a"); err != nil || u.ID != "b" {
		t.Errorf("another than a: %v, %v", u, err)
	}
	if u, err := s.UploadWith(ctx, "ann", "y", 10, "c"); !errors.Is(err, &order.Error{Code: order.NotFound}) {
		t.Errorf("another than c: %v, %v", u, err)
	}

	// A file from before there was an index gets one.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return errors.Join(tx.DeleteBucket([]byte("contents")), tx.DeleteBucket([]byte("stored_bytes")))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err = bolt.Open(path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	check()

	for i, want := range []int64{20, 10, 0} {
		for range 2 {
			if err := s.DropUpload(ctx, all[i].ID); err != nil {
				t.Fatal(err)
			}
		}
		wantContents(t, s, "ann", want, nil)
	}
	wantContents(t, s, "bob", 10, map[string]string{"x": "d"})
	var left []string
	if err := s.EachUpload(ctx, func(u order.Upload) error { left = append(left, u.ID); return nil }); err != nil || fmt.Sprint(left) != "[d e]" {
		t.Errorf("left %v, %v", left, err)
	}
}
