package bolt_test

import (
	"errors"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

// share makes a link to look at the order, whose token has the hash "view".
func share(t *testing.T, s *bolt.Store, id string) {
	t.Helper()
	_, err := s.Orders.Change(t.Context(), store.Change{Order: id, Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.Share("Ada", func(int) string { return "view" }, noon, order.DefaultPolicy())
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// Format 2 had no links to look.
func TestMigratingFormat2(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	s := filled(t, path, 3)
	err := s.Tx(func(tx *bbolt.Tx) error {
		return errors.Join(tx.DeleteBucket([]byte("views")), tx.Bucket([]byte("meta")).Put([]byte("format"), []byte{7: 2}))
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err = bolt.Open(path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	share(t, s, "order000001")
	if o, err := s.Orders.OrderByViewLink(t.Context(), "view"); err != nil || o.ID != "order000001" {
		t.Errorf("%+v, %v", o, err)
	}
	if problems, err := s.Checks.Verify(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("verify: %v, %v", problems, err)
	}
	if got := formatAt(t, path+".v2"); got != 2 {
		t.Errorf("the copy has format %d", got)
	}
}

// Whatever else is wrong, what opens an order for a viewer is no buyer's: not
// even where the store is trusted to know the buyer's link.
func TestAViewerOfAnOldOrderIsNoBuyer(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "handover.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	placeOld(t, s)
	share(t, s, "old")
	if o, err := s.Orders.OrderByViewLink(t.Context(), "view"); err != nil || o.ID != "old" {
		t.Errorf("the link opens %+v, %v", o, err)
	}
	if o, err := s.Orders.OrderByReview(t.Context(), "view"); !errors.Is(err, &order.Error{Code: order.NotFound}) {
		t.Errorf("as the buyer's it opens %+v, %v", o, err)
	}
}
