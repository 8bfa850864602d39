package draft

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// ErrDamaged is wrapped by errors about a file whose content is invalid.
var ErrDamaged = errors.New("the file is damaged; move it away to start with no drafts, or replace it with a copy")

// Store is an open file of drafts. Its methods are safe for concurrent use.
type Store struct {
	db          *bbolt.DB
	edits       batcher
	abandonment *abandonment
	now         func() time.Time
	copies      *copies
	close       func() error
}

// Open opens the file at path. It creates the file and its folder if they are missing.
// It sets a damaged file aside and restores the last good copy; see
// [Store.Recovered].
func Open(path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	// The file itself cannot be the lock, because a copy may replace it.
	held, err := lock(path + ".lock")
	if err != nil {
		return nil, err
	}
	s, err := open(path)
	if err != nil {
		return nil, errors.Join(err, held.Close())
	}
	s.close = sync.OnceValue(func() error {
		s.copies.close()
		return errors.Join(s.db.Close(), held.Close())
	})
	return s, nil
}

func open(path string) (*Store, error) {
	s := &Store{now: func() time.Time { return time.Now().UTC() }, abandonment: newAbandonment()}
	options := &bbolt.Options{Timeout: time.Second, FreelistType: bbolt.FreelistMapType}
	r, copied, err := repair(path, s.now(), false)
	if err != nil {
		return nil, err
	}
	s.db, err = openBolt(path, options)
	if errors.Is(err, ErrDamaged) { // damage that only bbolt detects
		if r, copied, err = repair(path, s.now(), true); err != nil {
			return nil, err
		}
		s.db, err = openBolt(path, options)
	}
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, err
	}
	s.edits.db, s.edits.abandonment = s.db, s.abandonment
	err = prepare(s.db, path)
	if r != (Recovered{}) && err == nil {
		err = s.PutSetting(recoveredSetting, r)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare the drafts in %s: %w", path, err), s.db.Close())
	}
	s.copies = startCopies(s.db, path, copied)
	return s, nil
}

// prepare creates missing buckets and makes a new file durable. It does not change a
// complete file, so the copy stays up to date.
func prepare(db *bbolt.DB, path string) error {
	buckets := [][]byte{draftBucket, fileBucket, orderBucket, settingBucket, orphanBucket, digestBucket, baselineBucket, unreadBucket}
	complete := true
	err := db.View(func(tx *bbolt.Tx) error {
		for _, name := range buckets {
			complete = complete && tx.Bucket(name) != nil
		}
		return nil
	})
	if err != nil || complete {
		return err
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return err
	}
	return db.Update(func(tx *bbolt.Tx) error {
		for _, name := range buckets {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
}

// Close updates the copy and closes the file.
func (s *Store) Close() error { return s.close() }

// openBolt opens a database and detects damage. bbolt trusts its file, so a damaged page
// can cause a panic.
func openBolt(path string, o *bbolt.Options) (db *bbolt.DB, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("open %s: %w: %v", path, ErrDamaged, fault)
		}
	}()
	db, err = bbolt.Open(path, 0o600, o)
	if err == nil || errors.Is(err, bolterrors.ErrTimeout) {
		return db, err
	}
	// Any error that is not from the system is about the file's content.
	if errors.As(err, new(*fs.PathError)) || errors.As(err, new(syscall.Errno)) {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return nil, fmt.Errorf("open %s: %w: %w", path, ErrDamaged, err)
}
