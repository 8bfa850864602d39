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

// ErrOlder is returned by [OpenUnchanged] for a file that [Open] would migrate.
var ErrOlder = errors.New("an older version has written this data")

// OpenUnchanged opens the file at path to be read, and keeps servers from opening
// it meanwhile. Nothing about the file changes, and the store's methods that
// change something fail. It returns ErrInUse, ErrNewer or ErrOlder.
func OpenUnchanged(path string) (*Store, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, ReadOnly: true})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrInUse
	}
	if err == nil {
		if err = current(db); err != nil {
			db.Close()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return &Store{db: db, changed: make(chan struct{})}, nil
}

// current demands the latest format, and everything that [prepare] makes.
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

// State is another after every change of the file, and after it was copied
// elsewhere: both of its first pages, which every transaction writes one of, and
// when that was.
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

// exported are the buckets with records, in the order of an export. record
// completes what kind, place and document say.
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
	{store.NotesRecord, draftNoteBucket, (*exporter).ofPlace},
	{store.CommentsRecord, commentBucket, (*exporter).ofPlace},
	{store.UploadRecord, uploadBucket, nil},
	{store.CursorRecord, cursorBucket, (*exporter).cursor},
	{store.OutboxRecord, outboxBucket, (*exporter).ofKey},
}

// from returns the index of the bucket in which an export goes on.
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

// exporter makes records of what the buckets hold.
type exporter struct {
	tx  *bbolt.Tx
	old map[string]string // see oldLinks
}

// order gives an order of the first version, which does not know the hash of its
// buyer's token, that hash: only an index has it.
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

// oldLinks finds the hashes of tokens by orders, once.
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

// ofKey takes the owner from the front of a key, and the rest as the record's.
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
		return errors.New("it is no number")
	}
	r.Of, r.Seq, r.Doc = string(r.Place), binary.BigEndian.Uint64(r.Doc), nil
	return nil
}
