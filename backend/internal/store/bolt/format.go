package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"handover/internal/atomicfile"
)

// migration changes a file from one format to the next, inside a transaction.
type migration func(*bbolt.Tx) error

// migrations lead from each format to the next, the first from 1 to 2. A released
// format never changes; a new format needs another migration.
var migrations = []migration{derive, addViews}

// derive is the migration from format 1 to 2. It adds the lists by status, the
// counts, the index of contents and the ledger.
func derive(tx *bbolt.Tx) error {
	if err := listEveryOrder(tx); err != nil {
		return err
	}
	if err := prepareContents(tx); err != nil {
		return err
	}
	if tx.Bucket(ledgerBucket) == nil {
		if err := addLedger(tx); err != nil {
			return err
		}
	}
	return countEveryOrder(tx)
}

var formatKey = []byte("format")

// ErrInUse is returned by [Open] when another process has the file open.
var ErrInUse = errors.New("the data is in use by another program")

// ErrNewer is returned by [Open] for a file in a newer format.
var ErrNewer = errors.New("a newer version has written this data; use that version or a newer one")

// Open opens the file at path, and creates a missing file. It migrates a file in
// an older format and keeps a copy in the same folder, named after the old format,
// such as handover.db.v1. It returns ErrInUse or ErrNewer.
func Open(path string) (*Store, error) { return open(path, migrations) }

func open(path string, steps []migration) (*Store, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, FreelistType: bbolt.FreelistMapType})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := migrate(db, steps); err != nil {
		db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return newStore(db), nil
}

// migrate migrates the file to the latest format.
func migrate(db *bbolt.DB, steps []migration) error {
	latest := uint64(len(steps)) + 1
	found, err := formatOf(db, latest)
	switch {
	case err != nil:
		return err
	case found == 0:
		found = latest // a new file
	case found < latest:
		if err := keepCopy(db, found); err != nil {
			return fmt.Errorf("keep a copy before the data is migrated: %w", err)
		}
	}
	for ; found < latest; found++ {
		err := db.Update(func(tx *bbolt.Tx) error {
			if err := steps[found-1](tx); err != nil {
				return err
			}
			return tx.Bucket(metaBucket).Put(formatKey, number(found+1))
		})
		if err != nil {
			return fmt.Errorf("migrate the data from format %d to %d: %w", found, found+1, err)
		}
	}
	return db.Update(func(tx *bbolt.Tx) error { return prepare(tx, latest) })
}

// formatOf returns the format of the file, 0 for a new file. It returns ErrNewer
// for a format above the latest.
func formatOf(db *bbolt.DB, latest uint64) (format uint64, err error) {
	err = db.View(func(tx *bbolt.Tx) error {
		if k, _ := tx.Cursor().First(); k == nil {
			return nil
		}
		if meta := tx.Bucket(metaBucket); meta != nil {
			if v := meta.Get(formatKey); len(v) == 8 {
				format = binary.BigEndian.Uint64(v)
			}
		}
		if format == 0 {
			return errors.New("this is a database of another program")
		}
		if format > latest {
			return fmt.Errorf("%w: it has format %d, this version reads up to %d", ErrNewer, format, latest)
		}
		return nil
	})
	return format, err
}

// keepCopy writes a complete copy of the file to the same folder. It replaces a
// copy of the same format, which is older.
func keepCopy(db *bbolt.DB, format uint64) error {
	path := fmt.Sprintf("%s.v%d", db.Path(), format)
	return atomicfile.Replace(path, func(w io.Writer) error {
		return db.View(func(tx *bbolt.Tx) error {
			_, err := tx.WriteTo(w)
			return err
		})
	})
}

// buckets are all buckets of a file.
var buckets = [][]byte{
	metaBucket, orderBucket, sellerBucket, deadlineBucket, reviewBucket, keyBucket, eventBucket,
	orderLogBucket, sellerLogBucket, accountBucket, emailBucket, sessionBucket, uploadBucket, countBucket,
	statusBucket, placeBucket, ledgerBucket, earningBucket, contentBucket, storedBucket, outboxBucket, cursorBucket, presenceBucket, commentBucket, viewBucket,
}

func prepare(tx *bbolt.Tx, format uint64) error {
	for _, name := range buckets {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return tx.Bucket(metaBucket).Put(formatKey, number(format))
}
