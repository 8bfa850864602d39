package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Order implements [store.Orders].
func (s orders) Order(_ context.Context, id string) (o order.Order, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		o, err = get[order.Order](tx, orderBucket, []byte(id), "order")
		return err
	})
	return o, err
}

// OrderByReview implements [store.Orders].
func (s orders) OrderByReview(_ context.Context, reviewHash string) (o order.Order, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		o, err = get[order.Order](tx, orderBucket, tx.Bucket(reviewBucket).Get([]byte(reviewHash)), "order")
		return err
	})
	if err != nil {
		return o, err
	}
	if !o.OpenedBy(reviewHash) {
		return order.Order{}, store.NotFound("order")
	}
	return o, nil
}

// Change implements [store.Orders].
func (s orders) Change(_ context.Context, c store.Change) (o order.Order, err error) {
	var refused error
	t := &changeTx{}
	err = s.db.Update(func(tx *bbolt.Tx) error {
		t.tx = tx
		o, refused, err = c.Run(t)
		return err
	})
	if err != nil {
		return order.Order{}, err
	}
	if t.saved {
		s.announce()
	}
	return o, refused
}

// changeTx is a [store.ChangeTx].
type changeTx struct {
	tx    *bbolt.Tx
	saved bool
}

func (t *changeTx) Order(id string) (order.Order, error) {
	return get[order.Order](t.tx, orderBucket, []byte(id), "order")
}

func (t *changeTx) Request(orderID, k string) (request string, used bool, err error) {
	v := t.tx.Bucket(keyBucket).Get(key([]byte(orderID), []byte(k)))
	return string(v), v != nil, nil
}

func (t *changeTx) Uploads(ids []string) (map[string]order.Upload, error) {
	found := map[string]order.Upload{}
	for _, id := range ids {
		u, err := get[order.Upload](t.tx, uploadBucket, []byte(id), "upload")
		if store.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		found[id] = u
	}
	return found, nil
}

func (t *changeTx) Comments(orderID string) ([]order.Comment, error) {
	return loadList[order.Comment](t.tx, commentBucket, orderID)
}

func (t *changeTx) Record(c store.Change, delivered []order.Upload) error {
	if c.Key != "" {
		if err := t.tx.Bucket(keyBucket).Put(key([]byte(c.Order), []byte(c.Key)), []byte(c.Request)); err != nil {
			return err
		}
	}
	for _, u := range delivered {
		if err := put(t.tx, uploadBucket, []byte(u.ID), u); err != nil {
			return err
		}
	}
	if c.Comments == nil {
		return nil
	}
	return putList(t.tx, commentBucket, c.Order, *c.Comments)
}

func (t *changeTx) Save(r store.Revision) error {
	t.saved = true
	return save(t.tx, r)
}

// RecordViews implements [store.Orders].
func (s orders) RecordViews(_ context.Context, views []order.View, p order.Policy) error {
	recorded := 0
	err := s.db.Update(func(tx *bbolt.Tx) error {
		found := map[string]order.Order{}
		for _, v := range views {
			o, err := get[order.Order](tx, orderBucket, []byte(v.Order), "order")
			if store.IsNotFound(err) {
				continue
			}
			if err != nil {
				return err
			}
			found[v.Order] = o
		}
		revisions := store.ViewRevisions(found, views, p)
		recorded = len(revisions)
		return saveAll(tx, revisions)
	})
	return s.announceAfter(err, recorded)
}

// announceAfter announces new events unless err is set, and returns err.
func (f *file) announceAfter(err error, revisions int) error {
	if err != nil {
		return err
	}
	if revisions > 0 {
		f.announce()
	}
	return nil
}

func saveAll(tx *bbolt.Tx, all []store.Revision) error {
	for _, r := range all {
		if err := save(tx, r); err != nil {
			return err
		}
	}
	return nil
}

// save stores the order with its indexes, and appends its events.
func save(tx *bbolt.Tx, r store.Revision) error {
	before, o := r.Before, r.After
	if err := sendRest(tx, o.ID, r.Events); err != nil {
		return err
	}
	if due := before.NextDeadline(); !due.IsZero() {
		if err := tx.Bucket(deadlineBucket).Delete(deadlineKey(due, before.ID)); err != nil {
			return err
		}
	}
	if err := addDeadline(tx, o); err != nil {
		return err
	}
	for _, index := range []func(tx *bbolt.Tx, before, o order.Order) error{indexReview, indexViews, indexLists, indexCounts} {
		if err := index(tx, before, o); err != nil {
			return err
		}
	}
	for _, e := range r.Events {
		if err := appendEvent(tx, o, e); err != nil {
			return err
		}
	}
	return put(tx, orderBucket, []byte(o.ID), o)
}

// indexReview indexes the order by its ReviewHash. The order does not know the
// hash of a link of generation 0, so that entry stays; it opens nothing after the
// order has another hash.
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

func deadlineKey(due time.Time, id string) []byte { return append(timeKey(due), id...) }

// addDeadline indexes the order by its deadline, if it has one.
func addDeadline(tx *bbolt.Tx, o order.Order) error {
	due := o.NextDeadline()
	if due.IsZero() {
		return nil
	}
	return tx.Bucket(deadlineBucket).Put(deadlineKey(due, o.ID), nil)
}

// AdvanceDue implements [store.Deadlines].
func (s deadlines) AdvanceDue(_ context.Context, now time.Time, p order.Policy, limit int) (int, error) {
	changed := 0
	err := s.db.Update(func(tx *bbolt.Tx) error {
		for _, id := range dueOrders(tx, now, limit) {
			before, err := get[order.Order](tx, orderBucket, id, "order")
			if err != nil {
				return err
			}
			after := before
			events := after.Advance(now, p)
			if err := save(tx, store.Revise(before, after, events)); err != nil {
				return err
			}
			changed++
		}
		return nil
	})
	if err := s.announceAfter(err, changed); err != nil {
		return 0, err
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

// NextDeadline implements [store.Deadlines].
func (s deadlines) NextDeadline(context.Context) (due time.Time, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		if k, _ := tx.Bucket(deadlineBucket).Cursor().First(); k != nil {
			due = time.Unix(0, int64(binary.BigEndian.Uint64(k))).UTC()
		}
		return nil
	})
	return due, err
}

// EachOrder implements [store.Orders].
func (s orders) EachOrder(_ context.Context, f func(order.Order) error) error {
	return s.db.View(func(tx *bbolt.Tx) error { return each(tx, orderBucket, "order", f) })
}
