package bolt

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// listKey is the key of the order in the list of its seller's orders: seller,
// due date, ID. The part after the seller is the order's position in every list.
func listKey(o order.Order) []byte {
	return append(key([]byte(o.SellerID), timeKey(o.DueAt)), o.ID...)
}

// statusKey is the key of the order in the list of the orders with its status.
func statusKey(o order.Order) []byte {
	return append(key([]byte(o.SellerID), []byte(o.Status), timeKey(o.DueAt)), o.ID...)
}

// indexLists updates the lists of a changed or new order. The lists contain the
// searchable text, so a search does not read the orders, which may name thousands
// of files.
func indexLists(tx *bbolt.Tx, before, o order.Order) error {
	for _, list := range []struct {
		bucket []byte
		key    func(order.Order) []byte
	}{{sellerBucket, listKey}, {statusBucket, statusKey}} {
		was, is, text := list.key(before), list.key(o), store.SearchText(o)
		if before.ID != "" && bytes.Equal(was, is) && bytes.Equal(store.SearchText(before), text) {
			continue
		}
		bucket := tx.Bucket(list.bucket)
		if before.ID != "" {
			if err := bucket.Delete(was); err != nil {
				return err
			}
		}
		if err := bucket.Put(is, text); err != nil {
			return err
		}
	}
	return nil
}

// listEveryOrder rebuilds the lists from the orders.
func listEveryOrder(tx *bbolt.Tx) error {
	for _, name := range [][]byte{sellerBucket, statusBucket} {
		if tx.Bucket(name) != nil {
			if err := tx.DeleteBucket(name); err != nil {
				return err
			}
		}
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return each(tx, orderBucket, "order", func(o order.Order) error {
		return indexLists(tx, order.Order{}, o)
	})
}

// list reads one list. at is the current position, nil at the end.
type list struct {
	cursor   *bbolt.Cursor
	prefix   []byte
	at, text []byte
}

// begin goes to the first position after the given one.
func (l *list) begin(after []byte) {
	l.set(l.cursor.Seek(append(slices.Clone(l.prefix), after...)))
	if len(after) > 0 && bytes.Equal(l.at, after) {
		l.next()
	}
}

func (l *list) next() { l.set(l.cursor.Next()) }

func (l *list) set(k, text []byte) {
	l.at, l.text = nil, nil
	if bytes.HasPrefix(k, l.prefix) {
		l.at, l.text = k[len(l.prefix):], text
	}
}

// id returns the ID of the order at a position.
func id(position []byte) []byte { return position[8:] }

// lists returns the lists that together contain the orders of the query.
func lists(tx *bbolt.Tx, q store.Query) []*list {
	statuses, every := q.Statuses()
	if every {
		return []*list{{cursor: tx.Bucket(sellerBucket).Cursor(), prefix: key([]byte(q.SellerID), nil)}}
	}
	all := make([]*list, len(statuses))
	for i, s := range statuses {
		all[i] = &list{cursor: tx.Bucket(statusBucket).Cursor(), prefix: key([]byte(q.SellerID), []byte(s), nil)}
	}
	return all
}

// soonest returns the list with the soonest position, nil when all are at their
// end.
func soonest(all []*list) *list {
	var first *list
	for _, l := range all {
		if l.at != nil && (first == nil || bytes.Compare(l.at, first.at) < 0) {
			first = l
		}
	}
	return first
}

// List implements [store.Orders]. The cursor is the position of the last order of
// a page, so the next page starts there even if orders changed in between.
func (s orders) List(_ context.Context, q store.Query) (page store.Page, err error) {
	after, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil {
		return page, store.ErrCursor
	}
	text := store.FoldText(q.Text)
	err = s.db.View(func(tx *bbolt.Tx) error {
		all := lists(tx, q)
		for _, l := range all {
			l.begin(after)
		}
		var last []byte
		for l := soonest(all); l != nil; l = soonest(all) {
			if !q.LateAt.IsZero() && bytes.Compare(l.at[:8], timeKey(q.LateAt)) >= 0 {
				return nil
			}
			if bytes.Contains(l.text, text) {
				if len(page.Orders) == q.Limit {
					page.Cursor = base64.RawURLEncoding.EncodeToString(last)
					return nil
				}
				o, err := get[order.Order](tx, orderBucket, id(l.at), "order")
				if err != nil {
					return err
				}
				page.Orders, last = append(page.Orders, o), l.at
			}
			l.next()
		}
		return nil
	})
	return page, err
}

// Summarise implements [store.Orders].
func (s orders) Summarise(_ context.Context, sellerID string, now time.Time) (store.Summary, error) {
	sum := store.Summary{Count: map[order.Status]int{}}
	err := s.db.View(func(tx *bbolt.Tx) error {
		for _, status := range order.Statuses() {
			l := list{cursor: tx.Bucket(statusBucket).Cursor(), prefix: key([]byte(sellerID), []byte(status), nil)}
			for l.begin(nil); l.at != nil; l.next() {
				sum.Count[status]++
				if status.Owed() && bytes.Compare(l.at[:8], timeKey(now)) < 0 {
					sum.Late++
				}
			}
		}
		return nil
	})
	return sum, err
}

// CountOrders implements [store.Orders].
func (s orders) CountOrders(context.Context) (map[order.Status]int, error) {
	counted := map[order.Status]int{}
	err := s.db.View(func(tx *bbolt.Tx) error {
		for _, status := range order.Statuses() {
			counted[status] = int(countOf(tx.Bucket(countBucket), status))
		}
		return nil
	})
	return counted, err
}

// indexCounts updates the numbers of orders by status. before has no status for a
// new order.
func indexCounts(tx *bbolt.Tx, before, o order.Order) error {
	if before.Status == o.Status {
		return nil
	}
	counts := tx.Bucket(countBucket)
	if before.Status != "" {
		if err := counts.Put([]byte(before.Status), number(countOf(counts, before.Status)-1)); err != nil {
			return err
		}
	}
	return counts.Put([]byte(o.Status), number(countOf(counts, o.Status)+1))
}

func countOf(counts *bbolt.Bucket, s order.Status) uint64 {
	if v := counts.Get([]byte(s)); len(v) == 8 {
		return binary.BigEndian.Uint64(v)
	}
	return 0
}

// countEveryOrder rebuilds the numbers of orders by status.
func countEveryOrder(tx *bbolt.Tx) error {
	counted := map[order.Status]uint64{}
	err := tx.Bucket(orderBucket).ForEach(func(k, v []byte) error {
		var o struct {
			Status order.Status `json:"status"`
		}
		if err := json.Unmarshal(v, &o); err != nil {
			return fmt.Errorf("read order %s: %w", k, err)
		}
		counted[o.Status]++
		return nil
	})
	if err != nil {
		return err
	}
	counts, err := tx.CreateBucketIfNotExists(countBucket)
	if err != nil {
		return err
	}
	for status, n := range counted {
		if err := counts.Put([]byte(status), number(n)); err != nil {
			return err
		}
	}
	return nil
}
