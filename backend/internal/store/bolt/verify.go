package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Verify implements [store.Store]. It also asks bbolt whether its pages are
// sound; changes wait for that part.
func (s *Store) Verify(ctx context.Context) ([]string, error) {
	v := verifier{ctx: ctx, orders: map[string]*known{}, accounts: map[string]bool{}}
	for i := range v.lists {
		v.lists[i] = map[string]entry{}
	}
	if err := v.pages(s.db); err != nil {
		return nil, err
	}
	err := s.db.View(func(tx *bbolt.Tx) error {
		v.tx = tx
		for _, part := range []func() error{v.people, v.documents, v.indexes, v.events, v.logs, v.names, v.comments, v.counts} {
			if err := part(); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	return v.problems, err
}

// known is what the verifier keeps of an order.
type known struct {
	seller     string
	status     order.Status
	deliveries int
	lastEvent  order.Status
}

// entry is what an index has to say of an order under one of its keys.
type entry struct{ order, value string }

// indexed are the buckets that are compared key by key, in the order of
// verifier.lists.
var indexed = [...][]byte{sellerBucket, statusBucket, deadlineBucket, reviewBucket, viewBucket}

type verifier struct {
	ctx      context.Context
	tx       *bbolt.Tx
	orders   map[string]*known
	accounts map[string]bool
	lists    [len(indexed)]map[string]entry // what should be in each bucket, by key
	logged   int                            // events that the verifier has seen
	problems []string
}

func (v *verifier) problem(format string, args ...any) {
	v.problems = append(v.problems, fmt.Sprintf(format, args...))
}

// pages needs a transaction that may write, because only then does the list of
// free pages hold still, unless nobody can.
func (v *verifier) pages(db *bbolt.DB) error {
	tx, err := db.Begin(!db.IsReadOnly())
	if err != nil {
		return err
	}
	for err := range tx.Check() {
		v.problem("the database file: %v", err)
	}
	return tx.Rollback()
}

// each decodes every document of a bucket; one that cannot be read is a problem.
func each[T any](v *verifier, bucket []byte, what string, f func(k []byte, doc T)) error {
	return v.tx.Bucket(bucket).ForEach(func(k, raw []byte) error {
		var doc T
		if err := json.Unmarshal(raw, &doc); err != nil {
			v.problem("%s %s cannot be read: %v", what, k, err)
			return nil
		}
		f(k, doc)
		return v.ctx.Err()
	})
}

func (v *verifier) people() error {
	emails := v.tx.Bucket(emailBucket)
	err := each(v, accountBucket, "account", func(k []byte, a order.Account) {
		v.accounts[a.ID] = true
		if a.ID != string(k) || string(emails.Get(emailKey(a.Email))) != a.ID {
			v.problem("account %s is not found by its e-mail address", k)
		}
	})
	if err != nil {
		return err
	}
	err = emails.ForEach(func(k, id []byte) error {
		if !v.accounts[string(id)] {
			v.problem("the e-mail address %s belongs to no account", k)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return each(v, sessionBucket, "session", func(k []byte, s store.Session) {
		if s.TokenHash != string(k) || !v.accounts[s.AccountID] {
			v.problem("the session %.8s… belongs to no account", k)
		}
	})
}

func (v *verifier) documents() error {
	return each(v, orderBucket, "order", func(k []byte, o order.Order) {
		if o.ID != string(k) {
			v.problem("order %s is stored as %s", o.ID, k)
		}
		if !v.accounts[o.SellerID] {
			v.problem("order %s: its seller has no account", k)
		}
		v.orders[string(k)] = &known{seller: o.SellerID, status: o.Status, deliveries: len(o.Deliveries)}
		v.expect(o)
		v.commentsOf(o)
	})
}

// expect notes the entries that the indexes should have of the order.
func (v *verifier) expect(o order.Order) {
	text := string(searchText(o))
	v.lists[0][string(listKey(o))] = entry{o.ID, text}
	v.lists[1][string(statusKey(o))] = entry{o.ID, text}
	if due := o.NextDeadline(); !due.IsZero() {
		v.lists[2][string(timeKey(due))+o.ID] = entry{o.ID, ""}
	}
	if o.ReviewHash != "" {
		v.lists[3][o.ReviewHash] = entry{o.ID, o.ID}
	}
	for _, l := range o.ViewLinks {
		v.lists[4][l.Hash] = entry{o.ID, o.ID}
	}
}

// indexes compares what is in the indexes with what should be.
func (v *verifier) indexes() error {
	for i, bucket := range indexed {
		want := v.lists[i]
		err := v.tx.Bucket(bucket).ForEach(func(k, value []byte) error {
			e, ok := want[string(k)]
			switch {
			case ok && string(value) != e.value:
				v.problem("%s says something else of order %s", bucket, e.order)
			case !ok && i == 3: // a link of the first version, whose order does not know its hash
				if v.orders[string(value)] == nil {
					v.problem("the review link %.8s… opens no order", k)
				}
			case !ok:
				v.problem("%s has an entry of no order: %q", bucket, k)
			}
			delete(want, string(k))
			return v.ctx.Err()
		})
		if err != nil {
			return err
		}
		for _, e := range want {
			v.problem("order %s is missing in %s", e.order, bucket)
		}
	}
	return nil
}

// events checks that every event is in the logs of its order and its seller, and
// that the last one of an order left it as it is.
func (v *verifier) events() error {
	orderLog, sellerLog := v.tx.Bucket(orderLogBucket), v.tx.Bucket(sellerLogBucket)
	err := each(v, eventBucket, "event", func(k []byte, e order.Event) {
		v.logged++
		o := v.orders[e.Order]
		switch {
		case !bytes.Equal(k, number(e.Seq)) || e.Seq > v.tx.Bucket(eventBucket).Sequence():
			v.problem("event %d is stored in another place", e.Seq)
		case o == nil || o.seller != e.Seller:
			v.problem("event %d: there is no order %s of this seller", e.Seq, e.Order)
		default:
			o.lastEvent = e.Status
		}
		if !has(orderLog, key([]byte(e.Order), number(e.Seq))) || !has(sellerLog, key([]byte(e.Seller), number(e.Seq))) {
			v.problem("event %d is missing in the log of its order or of its seller", e.Seq)
		}
	})
	for id, o := range v.orders {
		if o.lastEvent != o.status {
			v.problem("order %s is %s; its last event left it %q", id, o.status, o.lastEvent)
		}
	}
	return err
}

// has reports whether the bucket has the key. Get cannot say so of one without
// a value.
func has(b *bbolt.Bucket, k []byte) bool {
	found, _ := b.Cursor().Seek(k)
	return bytes.Equal(found, k)
}

// logs checks that the logs hold nothing but the events.
func (v *verifier) logs() error {
	for name, bucket := range map[string][]byte{"orders": orderLogBucket, "sellers": sellerLogBucket} {
		n := 0
		err := v.tx.Bucket(bucket).ForEach(func(_, _ []byte) error { n++; return v.ctx.Err() })
		if err != nil {
			return err
		}
		if n != v.logged {
			v.problem("the log of %s has %d entries for %d events", name, n, v.logged)
		}
	}
	return nil
}

// names checks what only names an order: idempotency keys and uploads.
func (v *verifier) names() error {
	err := each(v, placeBucket, "placement", func(k []byte, p store.Placed) {
		for _, id := range p.Orders {
			if v.orders[id] == nil {
				v.problem("the placement %q names no order %s", k, id)
			}
		}
	})
	if err != nil {
		return err
	}
	err = v.tx.Bucket(keyBucket).ForEach(func(k, _ []byte) error {
		id, _, _ := bytes.Cut(k, []byte{0})
		if v.orders[string(id)] == nil {
			v.problem("an idempotency key belongs to no order: %q", k)
		}
		return v.ctx.Err()
	})
	if err != nil {
		return err
	}
	err = each(v, draftNoteBucket, "note about drafts", func(k []byte, _ []order.DraftNote) {
		if v.orders[string(k)] == nil {
			v.problem("a note about a draft belongs to no order: %q", k)
		}
	})
	if err != nil {
		return err
	}
	return each(v, uploadBucket, "upload", func(k []byte, u order.Upload) {
		o := v.orders[u.OrderID]
		switch {
		case u.ID != string(k):
			v.problem("upload %s is stored as %s", u.ID, k)
		case o == nil || o.seller != u.SellerID:
			v.problem("upload %s: there is no order %s of its seller", k, u.OrderID)
		case u.DeliveredIn > o.deliveries:
			v.problem("upload %s counts as delivered in delivery %d of order %s, which has %d", k, u.DeliveredIn, u.OrderID, o.deliveries)
		}
	})
}

func (v *verifier) counts() error {
	counted := map[order.Status]uint64{}
	for _, o := range v.orders {
		counted[o.status]++
	}
	err := v.tx.Bucket(countBucket).ForEach(func(k, n []byte) error {
		if s := order.Status(k); len(n) != 8 || binary.BigEndian.Uint64(n) != counted[s] {
			v.problem("%d orders are %s; the count says %x", counted[s], s, n)
		}
		delete(counted, order.Status(k))
		return nil
	})
	for s, n := range counted {
		v.problem("%d orders are %s; they are not counted", n, s)
	}
	return err
}
