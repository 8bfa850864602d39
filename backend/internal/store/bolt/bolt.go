// Package bolt stores Handover's records in one bbolt file.
package bolt

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// The buckets. A zero byte separates the parts of a key. Numbers and times are
// eight bytes, big-endian, so keys sort like their values.
var (
	metaBucket      = []byte("meta")
	orderBucket     = []byte("orders")      // id -> order
	sellerBucket    = []byte("by_seller")   // seller, due, id -> searchable text
	statusBucket    = []byte("by_status")   // seller, status, due, id -> the same
	placeBucket     = []byte("placements")  // seller, key -> placement
	deadlineBucket  = []byte("deadlines")   // deadline, id -> empty
	reviewBucket    = []byte("reviews")     // hash of the token -> id
	keyBucket       = []byte("idempotency") // id, key -> request
	eventBucket     = []byte("events")      // seq -> event
	orderLogBucket  = []byte("order_log")   // order, seq -> empty
	sellerLogBucket = []byte("seller_log")  // seller, seq -> empty
	accountBucket   = []byte("accounts")    // id -> account
	emailBucket     = []byte("emails")      // lower-case e-mail -> id
	sessionBucket   = []byte("sessions")    // hash of the token -> session
	uploadBucket    = []byte("uploads")     // id -> upload
	countBucket     = []byte("counts")      // status -> how many orders have it
	outboxBucket    = []byte("outbox")      // channel, seq, receiver -> entry
	cursorBucket    = []byte("cursors")     // channel -> seq
)

// Store is an open file with records. One process at a time may open the file.
type Store struct {
	store.Records
	*file
}

// file is the open database that all parts of a store share.
type file struct {
	db        *bbolt.DB
	commented store.Watchers

	mu      sync.Mutex
	changed chan struct{}
}

// The parts of a store.
type (
	orders      struct{ *file }
	deadlines   struct{ *file }
	journal     struct{ *file }
	annotations struct{ *file }
	accounts    struct{ *file }
	uploads     struct{ *file }
	ledger      struct{ *file }
	outboxes    struct{ *file }
	checks      struct{ *file }
)

func newStore(db *bbolt.DB) *Store {
	f := &file{db: db, changed: make(chan struct{})}
	return &Store{store.Records{
		Orders:      orders{f},
		Deadlines:   deadlines{f},
		EventLog:    journal{f},
		Annotations: annotations{f},
		Accounts:    accounts{f},
		Uploads:     uploads{f},
		Ledger:      ledger{f},
		Outboxes:    outboxes{f},
		Checks:      checks{f},
	}, f}
}

// Close closes the file after running transactions have ended.
func (s *Store) Close() error { return s.db.Close() }

// Changed implements [store.EventLog].
func (s journal) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Snapshot calls f with the file as it is at one moment, and the records of all
// uploads in it. A change that enlarges the file waits until f returns, so f must
// be quick and must not wait for a change.
func (s *Store) Snapshot(_ context.Context, f func(file io.WriterTo, uploads []order.Upload) error) error {
	return s.db.View(func(tx *bbolt.Tx) error {
		var uploads []order.Upload
		err := each(tx, uploadBucket, "upload", func(u order.Upload) error {
			uploads = append(uploads, u)
			return nil
		})
		if err != nil {
			return err
		}
		return f(tx, uploads)
	})
}

func (f *file) announce() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.changed)
	f.changed = make(chan struct{})
}

func number(n uint64) []byte {
	return binary.BigEndian.AppendUint64(nil, n)
}

// timeKey is the time in nanoseconds, which end in the year 2262. Later times sort
// last.
func timeKey(t time.Time) []byte {
	if t.Year() > 2261 {
		return number(math.MaxInt64)
	}
	return number(uint64(t.UnixNano()))
}

func key(parts ...[]byte) []byte {
	var k []byte
	for i, p := range parts {
		if i > 0 {
			k = append(k, 0)
		}
		k = append(k, p...)
	}
	return k
}

// get decodes the document under k. It returns [store.NotFound] for a missing
// one; what names the document.
func get[T any](tx *bbolt.Tx, bucket, k []byte, what string) (T, error) {
	var v T
	raw := tx.Bucket(bucket).Get(k)
	if raw == nil {
		return v, store.NotFound(what)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("read %s %s: %w", what, k, err)
	}
	return v, nil
}

// each calls f with every document of a bucket.
func each[T any](tx *bbolt.Tx, bucket []byte, what string, f func(T) error) error {
	return tx.Bucket(bucket).ForEach(func(k, _ []byte) error {
		v, err := get[T](tx, bucket, k, what)
		if err != nil {
			return err
		}
		return f(v)
	})
}

func put(tx *bbolt.Tx, bucket, k []byte, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return tx.Bucket(bucket).Put(k, raw)
}
