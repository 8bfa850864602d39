package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Verify implements [store.Checks]. It also runs bbolt's check of its pages, which
// blocks changes.
func (s checks) Verify(ctx context.Context) ([]string, error) {
	v := verifier{Verifier: store.NewVerifier(), ctx: ctx}
	for i := range v.lists {
		v.lists[i] = map[string]entry{}
	}
	if err := v.pages(s.db); err != nil {
		return nil, err
	}
	err := s.db.View(func(tx *bbolt.Tx) error {
		v.tx = tx
		for _, part := range []func() error{v.people, v.documents, v.indexes, v.events, v.logs, v.references, v.uploads, v.counts} {
			if err := part(); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	return v.Problems(), err
}

// entry is the expected entry of an order in an index.
type entry struct{ order, value string }

// indexed are the buckets that are compared key by key, in the order of
// verifier.lists.
var indexed = [...][]byte{sellerBucket, statusBucket, deadlineBucket, reviewBucket, viewBucket}

type verifier struct {
	*store.Verifier
	ctx    context.Context
	tx     *bbolt.Tx
	lists  [len(indexed)]map[string]entry // expected entries of each bucket, by key
	logged int                            // events so far
}

// pages uses a writable transaction, if the file is writable: the list of free
// pages changes during a read transaction.
func (v *verifier) pages(db *bbolt.DB) error {
	tx, err := db.Begin(!db.IsReadOnly())
	if err != nil {
		return err
	}
	for err := range tx.Check() {
		v.Problem("the database file: %v", err)
	}
	return tx.Rollback()
}

// eachReadable calls f with every document of a bucket. An unreadable document is
// a problem.
func eachReadable[T any](v *verifier, bucket []byte, what string, f func(k []byte, doc T)) error {
	return v.tx.Bucket(bucket).ForEach(func(k, raw []byte) error {
		var doc T
		if err := json.Unmarshal(raw, &doc); err != nil {
			v.Problem("%s %s cannot be read: %v", what, k, err)
			return nil
		}
		f(k, doc)
		return v.ctx.Err()
	})
}

func (v *verifier) people() error {
	emails := v.tx.Bucket(emailBucket)
	err := eachReadable(v, accountBucket, "account", func(k []byte, a order.Account) {
		v.Account(string(k), a.ID == string(k) && string(emails.Get(emailKey(a.Email))) == a.ID)
	})
	if err != nil {
		return err
	}
	err = emails.ForEach(func(k, id []byte) error {
		if !v.HasAccount(string(id)) {
			v.Problem("the e-mail address %s belongs to no account", k)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return eachReadable(v, sessionBucket, "session", func(k []byte, s store.Session) {
		if s.TokenHash != string(k) {
			v.Problem("the session %.8s… is stored as another", k)
		}
		v.Session(string(k), s.AccountID)
	})
}

func (v *verifier) documents() error {
	return eachReadable(v, orderBucket, "order", func(k []byte, o order.Order) {
		v.Order(string(k), o)
		v.expect(o)
		comments, err := loadList[order.Comment](v.tx, commentBucket, o.ID)
		if err != nil {
			return // references reports it
		}
		v.Comments(o, comments)
	})
}

// expect adds the entries that the indexes should have for the order.
func (v *verifier) expect(o order.Order) {
	text := string(store.SearchText(o))
	v.lists[0][string(listKey(o))] = entry{o.ID, text}
	v.lists[1][string(statusKey(o))] = entry{o.ID, text}
	if due := o.NextDeadline(); !due.IsZero() {
		v.lists[2][string(deadlineKey(due, o.ID))] = entry{o.ID, ""}
	}
	if o.ReviewHash != "" {
		v.lists[3][o.ReviewHash] = entry{o.ID, o.ID}
	}
	for _, l := range o.ViewLinks {
		v.lists[4][l.Hash] = entry{o.ID, o.ID}
	}
}

// indexes compares the indexes with the expected entries.
func (v *verifier) indexes() error {
	for i, bucket := range indexed {
		want := v.lists[i]
		err := v.tx.Bucket(bucket).ForEach(func(k, value []byte) error {
			e, ok := want[string(k)]
			switch {
			case ok && string(value) != e.value:
				v.Problem("%s says something else of order %s", bucket, e.order)
			case !ok && i == 3: // a link of the first version; its order does not have the hash
				if !v.HasOrder(string(value)) {
					v.Problem("the review link %.8s… opens no order", k)
				}
			case !ok:
				v.Problem("%s has an entry of no order: %q", bucket, k)
			}
			delete(want, string(k))
			return v.ctx.Err()
		})
		if err != nil {
			return err
		}
		for _, e := range want {
			v.Problem("order %s is missing in %s", e.order, bucket)
		}
	}
	return nil
}

// events checks that the logs of its order and its seller have every event.
func (v *verifier) events() error {
	log, orderLog, sellerLog := v.tx.Bucket(eventBucket), v.tx.Bucket(orderLogBucket), v.tx.Bucket(sellerLogBucket)
	err := eachReadable(v, eventBucket, "event", func(k []byte, e order.Event) {
		v.logged++
		v.Event(e, bytes.Equal(k, number(e.Seq)) && e.Seq <= log.Sequence())
		if !has(orderLog, key([]byte(e.Order), number(e.Seq))) || !has(sellerLog, key([]byte(e.Seller), number(e.Seq))) {
			v.Problem("event %d is missing in the log of its order or of its seller", e.Seq)
		}
	})
	v.EndOfLog()
	return err
}

// has reports whether the bucket has the key. Get returns nil for an empty value
// too.
func has(b *bbolt.Bucket, k []byte) bool {
	found, _ := b.Cursor().Seek(k)
	return bytes.Equal(found, k)
}

// logs checks that the logs contain only events.
func (v *verifier) logs() error {
	for name, bucket := range map[string][]byte{"orders": orderLogBucket, "sellers": sellerLogBucket} {
		n := 0
		err := v.tx.Bucket(bucket).ForEach(func(_, _ []byte) error { n++; return v.ctx.Err() })
		if err != nil {
			return err
		}
		if n != v.logged {
			v.Problem("the log of %s has %d entries for %d events", name, n, v.logged)
		}
	}
	return nil
}

// references checks the records that only name an order.
func (v *verifier) references() error {
	err := eachReadable(v, placeBucket, "placement", func(k []byte, p store.Placed) {
		for _, id := range p.Orders {
			if !v.HasOrder(id) {
				v.Problem("the placement %q names no order %s", k, id)
			}
		}
	})
	if err != nil {
		return err
	}
	err = v.tx.Bucket(keyBucket).ForEach(func(k, _ []byte) error {
		id, _, _ := bytes.Cut(k, []byte{0})
		if !v.HasOrder(string(id)) {
			v.Problem("an idempotency key belongs to no order: %q", k)
		}
		return v.ctx.Err()
	})
	if err != nil {
		return err
	}
	err = eachReadable(v, commentBucket, "the comments of order", func(k []byte, _ []order.Comment) {
		if !v.HasOrder(string(k)) {
			v.Problem("comments belong to no order: %q", k)
		}
	})
	if err != nil {
		return err
	}
	return eachReadable(v, presenceBucket, "note about drafts", func(k []byte, _ []order.DraftPresence) {
		if !v.HasOrder(string(k)) {
			v.Problem("a note about a draft belongs to no order: %q", k)
		}
	})
}

func (v *verifier) uploads() error {
	return eachReadable(v, uploadBucket, "upload", func(k []byte, u order.Upload) {
		if u.ID != string(k) {
			v.Problem("upload %s is stored as %s", u.ID, k)
			return
		}
		v.Upload(u)
	})
}

func (v *verifier) counts() error {
	stored := map[order.Status]int{}
	err := v.tx.Bucket(countBucket).ForEach(func(k, n []byte) error {
		if len(n) != 8 {
			v.Problem("the count of %s orders is damaged: %x", k, n)
			return nil
		}
		stored[order.Status(k)] = int(binary.BigEndian.Uint64(n))
		return nil
	})
	v.Counts(stored)
	return err
}
