package bolt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"handover/backend/internal/store"
	"handover/backend/order"
)

var _ store.Exporter = (*Store)(nil)

// ErrOlder is returned by [OpenUnchanged] for a file in an older format.
var ErrOlder = errors.New("an older version has written this data")

// OpenUnchanged opens the file at path for reading, and keeps servers from opening
// it. The file does not change, and methods that change records fail. It returns
// ErrInUse, ErrNewer or ErrOlder.
func OpenUnchanged(path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, ReadOnly: true})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := current(db); err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return newStore(db), nil
}

// current returns an error unless the file has the latest format and all buckets.
func current(db *bbolt.DB) error {
	latest := uint64(len(migrations)) + 1
	found, err := formatOf(db, latest)
	if err != nil {
		return err
	}
	if found < latest {
		return fmt.Errorf("%w: it has format %d, the latest is %d", ErrOlder, found, latest)
	}
	return db.View(func(tx *bbolt.Tx) error {
		for _, name := range buckets {
			if tx.Bucket(name) == nil {
				return fmt.Errorf("%w: it does not have %s", ErrOlder, name)
			}
		}
		return nil
	})
}

// State returns a text that differs after every change of the file and in copies
// of it. It is a hash of the file's size, its modification time and its two meta
// pages; every transaction writes a meta page.
func (s *Store) State() (string, error) {
	f, err := os.Open(s.db.Path())
	if err != nil {
		return "", err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintln(h, st.Size(), st.ModTime().UnixNano())
	if _, err := io.CopyN(h, f, 2*int64(s.db.Info().PageSize)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// exported are the buckets with records, in the order of an export. record sets
// the other fields of a record that has its kind, place and document.
var exported = []struct {
	kind   store.Kind
	bucket []byte
	record func(*exporter, *store.Record) error
}{
	{store.AccountRecord, accountBucket, nil},
	{store.SessionRecord, sessionBucket, nil},
	{store.OrderRecord, orderBucket, (*exporter).order},
	{store.KeyRecord, keyBucket, (*exporter).ofKey},
	{store.PlacementRecord, placeBucket, (*exporter).ofKey},
	{store.EventRecord, eventBucket, nil},
	{store.EntryRecord, ledgerBucket, nil},
	{store.PresenceRecord, presenceBucket, (*exporter).ofPlace},
	{store.CommentsRecord, commentBucket, (*exporter).ofPlace},
	{store.UploadRecord, uploadBucket, nil},
	{store.CursorRecord, cursorBucket, (*exporter).cursor},
	{store.OutboxRecord, outboxBucket, (*exporter).ofKey},
}

// from returns the index of the bucket in which an export continues.
func from(after store.Position) (int, error) {
	if after.Kind == "" {
		return 0, nil
	}
	for i, e := range exported {
		if e.kind == after.Kind {
			return i, nil
		}
	}
	return 0, fmt.Errorf("there is no kind of records %q", after.Kind)
}

// Export implements [store.Exporter].
func (s *Store) Export(ctx context.Context, after store.Position, f func(store.Record) error) error {
	first, err := from(after)
	if err != nil {
		return err
	}
	return s.db.View(func(tx *bbolt.Tx) error {
		e := exporter{tx: tx}
		for i, kind := range exported[first:] {
			c := tx.Bucket(kind.bucket).Cursor()
			k, v := c.First()
			if i == 0 && after.Kind != "" {
				if k, v = c.Seek(after.Place); bytes.Equal(k, after.Place) {
					k, v = c.Next()
				}
			}
			for ; k != nil; k, v = c.Next() {
				r := store.Record{Kind: kind.kind, Place: k, Doc: v}
				if kind.record != nil {
					if err := kind.record(&e, &r); err != nil {
						return fmt.Errorf("read the %s %q: %w", kind.kind, k, err)
					}
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := f(r); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// CountRecords implements [store.Exporter].
func (s *Store) CountRecords(_ context.Context, after store.Position) (n int64, err error) {
	first, err := from(after)
	if err != nil {
		return 0, err
	}
	err = s.db.View(func(tx *bbolt.Tx) error {
		for i, kind := range exported[first:] {
			if i > 0 || after.Kind == "" {
				n += int64(tx.Bucket(kind.bucket).Stats().KeyN)
				continue
			}
			c := tx.Bucket(kind.bucket).Cursor()
			for k, _ := c.Seek(after.Place); k != nil; k, _ = c.Next() {
				if !bytes.Equal(k, after.Place) {
					n++
				}
			}
		}
		return nil
	})
	return n, err
}

// exporter makes records from documents.
type exporter struct {
	tx  *bbolt.Tx
	old map[string]string // order -> hash; see oldLinks
}

// order sets the ReviewHash of an order of the first version. Such an order does
// not have the hash of its buyer's token; only reviewBucket has it.
func (e *exporter) order(r *store.Record) error {
	var of struct {
		ReviewHash       string `json:"review_hash"`
		ReviewGeneration int    `json:"review_generation"`
		ReviewRevoked    bool   `json:"review_revoked"`
	}
	if err := json.Unmarshal(r.Doc, &of); err != nil {
		return err
	}
	if of.ReviewHash != "" || of.ReviewGeneration > 0 || of.ReviewRevoked {
		return nil
	}
	if err := e.oldLinks(); err != nil {
		return err
	}
	var o order.Order
	if err := json.Unmarshal(r.Doc, &o); err != nil {
		return err
	}
	if o.ReviewHash = e.old[o.ID]; o.ReviewHash == "" {
		return nil
	}
	doc, err := json.Marshal(o)
	r.Doc = doc
	return err
}

// oldLinks reads the hashes of all orders, once.
func (e *exporter) oldLinks() error {
	if e.old != nil {
		return nil
	}
	e.old = map[string]string{}
	return e.tx.Bucket(reviewBucket).ForEach(func(hash, id []byte) error {
		e.old[string(id)] = string(hash)
		return nil
	})
}

// ofKey splits the place into the owner and the record's key.
func (e *exporter) ofKey(r *store.Record) error {
	of, rest, found := bytes.Cut(r.Place, []byte{0})
	if !found {
		return errors.New("the key has one part only")
	}
	r.Of, r.Key = string(of), rest
	return nil
}

func (e *exporter) ofPlace(r *store.Record) error {
	r.Of = string(r.Place)
	return nil
}

func (e *exporter) cursor(r *store.Record) error {
	if len(r.Doc) != 8 {
		return errors.New("it is not a number")
	}
	r.Of, r.Seq, r.Doc = string(r.Place), binary.BigEndian.Uint64(r.Doc), nil
	return nil
}
