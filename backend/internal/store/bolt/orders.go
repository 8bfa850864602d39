package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Order implements [store.Orders].
func (s *Store) Order(_ context.Context, id string) (o order.Order, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		o, err = get[order.Order](tx, orderBucket, []byte(id), "order")
		return err
	})
	return o, err
}

// OrderByReview implements [store.Orders].
func (s *Store) OrderByReview(_ context.Context, reviewHash string) (o order.Order, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		o, err = get[order.Order](tx, orderBucket, tx.Bucket(reviewBucket).Get([]byte(reviewHash)), "order")
		return err
	})
	if err == nil && !o.OpenedBy(reviewHash) {
		return order.Order{}, &order.Error{Code: order.NotFound, Message: "there is no such order"}
	}
	return o, err
}

// Change implements [store.Orders].
func (s *Store) Change(_ context.Context, c store.Change) (o order.Order, err error) {
	var refused error
	var events []order.Event
	err = s.db.Update(func(tx *bbolt.Tx) error {
		o, err = get[order.Order](tx, orderBucket, []byte(c.Order), "order")
		if err != nil {
			return err
		}
		k := key([]byte(c.Order), []byte(c.Key))
		if c.Key != "" {
			if done := tx.Bucket(keyBucket).Get(k); done != nil {
				return sameRequest(string(done), c.Request)
			}
		}
		uploads, missing := loadUploads(tx, c.Uploads)
		if missing != nil {
			refused = missing
			return nil
		}
		if c.Comments != nil {
			if *c.Comments, err = loadComments(tx, c.Order); err != nil {
				return err
			}
		}
		before := o
		events, refused = c.Apply(&o, uploads)
		if len(events) == 0 {
			return nil
		}
		if refused == nil {
			if err := recordDelivery(tx, c, k, uploads, len(o.Deliveries)); err != nil {
				return err
			}
		}
		if refused == nil && c.Comments != nil {
			if err := putComments(tx, c.Order, *c.Comments); err != nil {
				return err
			}
		}
		return save(tx, before, &o, events)
	})
	if err != nil {
		return order.Order{}, err
	}
	if len(events) > 0 {
		s.announce()
	}
	return o, refused
}

func sameRequest(done, request string) error {
	if done != request {
		return &order.Error{Code: order.Exists, Field: "Idempotency-Key", Message: "this Idempotency-Key was used for another request"}
	}
	return nil
}

func loadUploads(tx *bbolt.Tx, ids []string) ([]order.Upload, error) {
	uploads := make([]order.Upload, len(ids))
	for i, id := range ids {
		u, err := get[order.Upload](tx, uploadBucket, []byte(id), "upload")
		if err != nil {
			return nil, &order.Error{Code: order.UploadMissing, Field: "files", Message: fmt.Sprintf("the upload %q has not arrived whole", id)}
		}
		uploads[i] = u
	}
	return uploads, nil
}

// recordDelivery notes what a change has used up: its key and its uploads.
func recordDelivery(tx *bbolt.Tx, c store.Change, k []byte, uploads []order.Upload, delivery int) error {
	if c.Key != "" {
		if err := tx.Bucket(keyBucket).Put(k, []byte(c.Request)); err != nil {
			return err
		}
	}
	for _, u := range uploads {
		if u.DeliveredIn != 0 {
			continue
		}
		u.DeliveredIn = delivery
		if err := put(tx, uploadBucket, []byte(u.ID), u); err != nil {
			return err
		}
	}
	return nil
}

// save stores the order and appends the events, with the order's next version
// unless they are all quiet. An order that completes sends its drafts.
func save(tx *bbolt.Tx, before order.Order, o *order.Order, events []order.Event) error {
	if err := sendRest(tx, o.ID, events); err != nil {
		return err
	}
	if !order.Quiet(events) {
		o.Version++
	}
	deadlines := tx.Bucket(deadlineBucket)
	if due := before.NextDeadline(); !due.IsZero() {
		if err := deadlines.Delete(append(timeKey(due), before.ID...)); err != nil {
			return err
		}
	}
	if err := await(tx, o); err != nil {
		return err
	}
	if err := indexReview(tx, before, *o); err != nil {
		return err
	}
	if err := indexViews(tx, before, *o); err != nil {
		return err
	}
	if err := indexLists(tx, before, *o); err != nil {
		return err
	}
	if err := count(tx, before.Status, o.Status); err != nil {
		return err
	}
	for _, e := range events {
		if err := appendEvent(tx, o, e); err != nil {
			return err
		}
	}
	return put(tx, orderBucket, []byte(o.ID), o)
}

// indexReview makes the order be found by its ReviewHash alone. The hash of a
// link of generation 0 is not known here and stays; it opens nothing any more
// once the order has another.
func indexReview(tx *bbolt.Tx, before, o order.Order) error {
	if before.ReviewHash == o.ReviewHash {
		return nil
	}
	reviews := tx.Bucket(reviewBucket)
	if before.ReviewHash != "" {
		if err := reviews.Delete([]byte(before.ReviewHash)); err != nil {
			return err
		}
	}
	if o.ReviewHash == "" {
		return nil
	}
	return reviews.Put([]byte(o.ReviewHash), []byte(o.ID))
}

// await lists the order under its deadline, if it has one.
func await(tx *bbolt.Tx, o *order.Order) error {
	due := o.NextDeadline()
	if due.IsZero() {
		return nil
	}
	return tx.Bucket(deadlineBucket).Put(append(timeKey(due), o.ID...), nil)
}

// appendEvent writes the event to the logs, and what it did to the order's
// money to the ledger.
func appendEvent(tx *bbolt.Tx, o *order.Order, e order.Event) error {
	seq, err := tx.Bucket(eventBucket).NextSequence()
	if err != nil {
		return err
	}
	e.Seq = seq
	if err := enter(tx, o, e); err != nil {
		return err
	}
	if err := tx.Bucket(orderLogBucket).Put(key([]byte(e.Order), number(seq)), nil); err != nil {
		return err
	}
	if err := tx.Bucket(sellerLogBucket).Put(key([]byte(e.Seller), number(seq)), nil); err != nil {
		return err
	}
	return put(tx, eventBucket, number(seq), e)
}

// AdvanceDue implements [store.Orders].
func (s *Store) AdvanceDue(_ context.Context, now time.Time, p order.Policy, limit int) (int, error) {
	changed := 0
	err := s.db.Update(func(tx *bbolt.Tx) error {
		for _, id := range dueOrders(tx, now, limit) {
			o, err := get[order.Order](tx, orderBucket, id, "order")
			if err != nil {
				return err
			}
			before := o
			if err := save(tx, before, &o, o.Advance(now, p)); err != nil {
				return err
			}
			changed++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if changed > 0 {
		s.announce()
	}
	return changed, nil
}

func dueOrders(tx *bbolt.Tx, now time.Time, limit int) [][]byte {
	var ids [][]byte
	c := tx.Bucket(deadlineBucket).Cursor()
	for k, _ := c.First(); k != nil && len(ids) < limit; k, _ = c.Next() {
		if bytes.Compare(k[:8], timeKey(now)) > 0 {
			break
		}
		ids = append(ids, slices.Clone(k[8:]))
	}
	return ids
}

// NextDeadline implements [store.Orders].
func (s *Store) NextDeadline(context.Context) (due time.Time, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		if k, _ := tx.Bucket(deadlineBucket).Cursor().First(); k != nil {
			due = time.Unix(0, int64(binary.BigEndian.Uint64(k))).UTC()
		}
		return nil
	})
	return due, err
}

// EachOrder implements [store.Orders].
func (s *Store) EachOrder(_ context.Context, f func(order.Order) error) error {
	return s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(orderBucket).ForEach(func(k, _ []byte) error {
			o, err := get[order.Order](tx, orderBucket, k, "order")
			if err != nil {
				return err
			}
			return f(o)
		})
	})
}
