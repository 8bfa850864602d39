package bolt

import (
	"bytes"
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// listKey is the key of the order in the list of its seller's orders: seller,
// due date, ID. The part after the seller is the place in every list.
func listKey(o order.Order) []byte {
	return append(key([]byte(o.SellerID), timeKey(o.DueAt)), o.ID...)
}

// statusKey is the key of the order in the list of those with its status.
func statusKey(o order.Order) []byte {
	return append(key([]byte(o.SellerID), []byte(o.Status), timeKey(o.DueAt)), o.ID...)
}

// searchText is what a search looks at. The lists carry it, so that a search
// does not read the orders, which may name thousands of files.
func searchText(o order.Order) []byte {
	return []byte(strings.ToLower(o.Title + "\n" + o.Buyer.Name + "\n" + o.ID))
}

// indexLists keeps the lists as the order is now; before is the zero value for
// a new order.
func indexLists(tx *bbolt.Tx, before, o order.Order) error {
	for _, list := range []struct {
		bucket []byte
		key    func(order.Order) []byte
	}{{sellerBucket, listKey}, {statusBucket, statusKey}} {
		was, is, text := list.key(before), list.key(o), searchText(o)
		if before.ID != "" && bytes.Equal(was, is) && bytes.Equal(searchText(before), text) {
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

// listEveryOrder makes the lists anew from the orders.
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
	return tx.Bucket(orderBucket).ForEach(func(k, _ []byte) error {
		o, err := get[order.Order](tx, orderBucket, k, "order")
		if err != nil {
			return err
		}
		return indexLists(tx, order.Order{}, o)
	})
}

// list walks one list. at is the place it stands at, nil at the end.
type list struct {
	cursor   *bbolt.Cursor
	prefix   []byte
	at, text []byte
}

// begin goes to the first place after the given one.
func (l *list) begin(after []byte) {
	l.stand(l.cursor.Seek(append(slices.Clone(l.prefix), after...)))
	if len(after) > 0 && bytes.Equal(l.at, after) {
		l.next()
	}
}

func (l *list) next() { l.stand(l.cursor.Next()) }

func (l *list) stand(k, text []byte) {
	l.at, l.text = nil, nil
	if bytes.HasPrefix(k, l.prefix) {
		l.at, l.text = k[len(l.prefix):], text
	}
}

// id returns the ID of the order at a place.
func id(place []byte) []byte { return place[8:] }

// lists returns the lists that together hold what the query may select.
func lists(tx *bbolt.Tx, q store.Query) []*list {
	status := slices.Compact(slices.Sorted(slices.Values(q.Status)))
	if !q.LateAt.IsZero() {
		if len(status) == 0 {
			status = order.Statuses()
		}
		status = slices.DeleteFunc(status, func(s order.Status) bool { return s != order.Active && s != order.InRevision })
	} else if len(status) == 0 {
		return []*list{{cursor: tx.Bucket(sellerBucket).Cursor(), prefix: key([]byte(q.SellerID), nil)}}
	}
	all := make([]*list, len(status))
	for i, s := range status {
		all[i] = &list{cursor: tx.Bucket(statusBucket).Cursor(), prefix: key([]byte(q.SellerID), []byte(s), nil)}
	}
	return all
}

// soonest returns the list that stands at the soonest place, nil when all are
// at their end.
func soonest(all []*list) *list {
	var first *list
	for _, l := range all {
		if l.at != nil && (first == nil || bytes.Compare(l.at, first.at) < 0) {
			first = l
		}
	}
	return first
}

// List implements [store.Orders]. The cursor is the place of the last order of
// a page, so that the next page goes on after it whatever changed meanwhile.
func (s *Store) List(_ context.Context, q store.Query) (page store.Page, err error) {
	after, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil {
		return page, &order.Error{Code: order.Invalid, Field: "cursor", Message: "the cursor is not one of this server's"}
	}
	text := []byte(strings.ToLower(q.Text))
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
func (s *Store) Summarise(_ context.Context, sellerID string, now time.Time) (store.Summary, error) {
	sum := store.Summary{Count: map[order.Status]int{}}
	err := s.db.View(func(tx *bbolt.Tx) error {
		for _, status := range order.Statuses() {
			l := list{cursor: tx.Bucket(statusBucket).Cursor(), prefix: key([]byte(sellerID), []byte(status), nil)}
			for l.begin(nil); l.at != nil; l.next() {
				sum.Count[status]++
				if (status == order.Active || status == order.InRevision) && bytes.Compare(l.at[:8], timeKey(now)) < 0 {
					sum.Late++
				}
			}
		}
		return nil
	})
	return sum, err
}
