// Package bolt keeps Handover's records in one bbolt file.
package bolt

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

var _ store.Store = (*Store)(nil)

// The buckets. Keys that join parts put a zero byte between them; numbers and
// times are eight bytes, big end first, so that keys sort as their values do.
var (
	metaBucket      = []byte("meta")
	orderBucket     = []byte("orders")      // id -> order
	sellerBucket    = []byte("by_seller")   // seller, due, id -> what a search looks at
	statusBucket    = []byte("by_status")   // seller, status, due, id -> the same
	placeBucket     = []byte("placements")  // seller, key -> placement
	deadlineBucket  = []byte("deadlines")   // deadline, id -> nothing
	reviewBucket    = []byte("reviews")     // hash of the token -> id
	keyBucket       = []byte("idempotency") // id, key -> request
	eventBucket     = []byte("events")      // seq -> event
	orderLogBucket  = []byte("order_log")   // order, seq -> nothing
	sellerLogBucket = []byte("seller_log")  // seller, seq -> nothing
	accountBucket   = []byte("accounts")    // id -> account
	emailBucket     = []byte("emails")      // lower-case e-mail -> id
	sessionBucket   = []byte("sessions")    // hash of the token -> session
	uploadBucket    = []byte("uploads")     // id -> upload
	countBucket     = []byte("counts")      // status -> how many orders have it
	outboxBucket    = []byte("outbox")      // channel, seq, receiver -> entry
	cursorBucket    = []byte("cursors")     // channel -> seq
)

// Store is a [store.Store] in one file. One process at a time may have it open.
type Store struct {
	db *bbolt.DB

	commented store.Watchers

	mu      sync.Mutex
	changed chan struct{}
}

// Close closes the file once running transactions have ended.
func (s *Store) Close() error { return s.db.Close() }

// Changed returns a channel that is closed once events were added.
func (s *Store) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *Store) announce() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.changed)
	s.changed = make(chan struct{})
}

func number(n uint64) []byte {
	return binary.BigEndian.AppendUint64(nil, n)
}

// timeKey counts nanoseconds, which end in the year 2262; what is later than
// that sorts last.
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

// get decodes the document under k; it returns NotFound, named by what, when
// there is none.
func get[T any](tx *bbolt.Tx, bucket, k []byte, what string) (T, error) {
	var v T
	raw := tx.Bucket(bucket).Get(k)
	if raw == nil {
		return v, &order.Error{Code: order.NotFound, Message: "there is no such " + what}
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("read %s %s: %w", what, k, err)
	}
	return v, nil
}

func put(tx *bbolt.Tx, bucket, k []byte, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return tx.Bucket(bucket).Put(k, raw)
}
