package draft

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Shared is a value in its own file, which several programs read and change. The file
// is open only during a call, so another program can keep the drafts open.
type Shared struct{ Path string }

var (
	sharedBucket = []byte("shared")
	sharedKey    = []byte("value")
)

// patience is how long to wait for another program's call.
const patience = 5 * time.Second

// Read decodes the value into v. It leaves v unchanged without a value.
func (s Shared) Read(v any) error {
	if _, err := os.Stat(s.Path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return s.open(true, func(db *bbolt.DB) error {
		return db.View(func(tx *bbolt.Tx) error { return readShared(tx.Bucket(sharedBucket), v) })
	})
}

// Update decodes the value into v, calls change, which changes v, and stores v. It
// stores nothing if change fails. Updates by several programs are serialized.
func (s Shared) Update(v any, change func() error) error {
	if err := os.MkdirAll(filepath.Dir(s.Path), 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	return s.open(false, func(db *bbolt.DB) error {
		return db.Update(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists(sharedBucket)
			if err != nil {
				return err
			}
			if err := readShared(bucket, v); err != nil {
				return err
			}
			if err := change(); err != nil {
				return err
			}
			return put(bucket, sharedKey, v)
		})
	})
}

// Stamp returns a string that differs whenever the value has changed.
func (s Shared) Stamp() string {
	info, err := os.Stat(s.Path)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size())
}

func (s Shared) open(readOnly bool, do func(*bbolt.DB) error) error {
	db, err := openBolt(s.Path, &bbolt.Options{Timeout: patience, ReadOnly: readOnly, FreelistType: bbolt.FreelistMapType})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return ErrInUse
	}
	if err != nil {
		return err
	}
	return errors.Join(do(db), db.Close())
}

func readShared(bucket *bbolt.Bucket, v any) error {
	if bucket == nil {
		return nil
	}
	raw := bucket.Get(sharedKey)
	if raw == nil {
		return nil
	}
	return json.Unmarshal(raw, v)
}
