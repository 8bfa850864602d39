package bolt

import (
	"fmt"
	"math"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// OpenWith is [Open] with migrations that a test chooses.
func OpenWith(path string, steps ...func(*bbolt.Tx) error) (*Store, error) {
	chosen := make([]migration, len(steps))
	for i, step := range steps {
		chosen[i] = step
	}
	return open(path, chosen)
}

// Latest is the format that this version writes.
func Latest() uint64 { return uint64(len(migrations)) + 1 }

// Tx lets a test do to the file what the store never does.
func (s *Store) Tx(f func(*bbolt.Tx) error) error { return s.db.Update(f) }

// Format is what the file says of itself.
func (s *Store) Format() (uint64, error) { return formatOf(s.db, math.MaxUint64) }

// MakeFormat1 leaves the file as the first version wrote it.
func (s *Store) MakeFormat1() error {
	if err := s.ForgetLists(); err != nil {
		return err
	}
	return s.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{countBucket, contentBucket, storedBucket, ledgerBucket, earningBucket, outboxBucket, cursorBucket} {
			if err := tx.DeleteBucket(name); err != nil {
				return err
			}
		}
		return nil
	})
}

// Fill places n orders of the seller in one transaction and delivers every
// second one.
func (s *Store) Fill(seller string, n int, at time.Time) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		for i := range n {
			id := fmt.Sprintf("order%06d", i)
			o, placed, err := order.Place(order.Order{
				ID: id, SellerID: seller, Title: fmt.Sprint("Wedding film ", i),
				Buyer: order.Contact{Name: "Bea Buyer", Email: "bea@example.org"}, DueAt: at.Add(72 * time.Hour),
			}, at)
			if err == nil {
				o, err = place(tx, store.NewOrder{Order: o, Event: placed, ReviewHash: "hash of " + id})
			}
			if err == nil && i%2 == 1 {
				err = deliver(tx, o, at)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func deliver(tx *bbolt.Tx, o order.Order, at time.Time) error {
	before := o
	events, err := o.Apply(order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{
		Description: "The film in 4K, and the photos.", Links: []order.Link{{URL: "https://example.org/film"}},
	}}, at, order.DefaultPolicy())
	if err != nil {
		return err
	}
	return save(tx, store.Revise(before, o, events))
}
