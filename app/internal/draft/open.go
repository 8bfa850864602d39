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

// ErrDamaged is wrapped by the error for a file that is not what was written.
var ErrDamaged = errors.New("the file is damaged; move it away to begin anew, or put a copy in its place")

// Store is an open file of drafts.
type Store struct {
	db          *bbolt.DB
	edits       together
	abandonment *abandonment
	now         func() time.Time
	copies      *copies
	close       func() error
}

// Open opens the file at path and makes it, with its folder, when it is
// missing. A damaged file is set aside and the last good copy takes its place;
// see [Store.Recovered].
func Open(path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	// The file itself cannot be the lock: it may have to be replaced.
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
	r, copied, err := mend(path, s.now(), false)
	if err != nil {
		return nil, err
	}
	s.db, err = openBolt(path, options)
	if errors.Is(err, ErrDamaged) { // in a way that only bbolt sees
		if r, copied, err = mend(path, s.now(), true); err == nil {
			s.db, err = openBolt(path, options)
		}
	}
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, err
	}
	s.edits.db, s.edits.abandonment = s.db, s.abandonment
	if err = prepare(s.db, path); err == nil && r != (Recovered{}) {
		err = s.PutSetting(recoveredSetting, r)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare the drafts in %s: %w", path, err), s.db.Close())
	}
	s.copies = startCopies(s.db, path, copied)
	return s, nil
}

// prepare makes a new file durable and the buckets that are missing. A file
// that has them is left as it is, so that its copy stays up to date.
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

// Close makes the last copy and closes the file.
func (s *Store) Close() error { return s.close() }

// openBolt opens a database, and says so when it is damaged. bbolt trusts what
// it reads, so that a damaged page shows as a panic.
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
	// What is not the system's refusal is about what the file holds.
	if errors.As(err, new(*fs.PathError)) || errors.As(err, new(syscall.Errno)) {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return nil, fmt.Errorf("open %s: %w: %w", path, ErrDamaged, err)
}
