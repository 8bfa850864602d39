package draft

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// ErrInUse is returned by [Open] when another program has the file open.
var ErrInUse = errors.New("another Handover uses this data folder; close it first")

// ErrNoFile is returned when the draft has no file at the path.
var ErrNoFile = errors.New("the draft has no such file")

var (
	draftBucket   = []byte("drafts")   // order -> draft
	fileBucket    = []byte("files")    // order -> bucket of path -> file
	orderBucket   = []byte("orders")   // id -> order as received from the server
	settingBucket = []byte("settings") // name -> value

	orphanBucket   = []byte("orphans")   // upload that the server must delete -> abandoned
	digestBucket   = []byte("digests")   // identity -> digest
	baselineBucket = []byte("delivered") // order -> files of its folder in the last delivery
)

// Draft returns the draft of the order, which may be empty.
func (s *Store) Draft(order string) (d Draft, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		d, err = load(tx, order)
		return err
	})
	return d, err
}

// Drafts returns the IDs of the orders that have a draft.
func (s *Store) Drafts() (orders []string, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(draftBucket).ForEach(func(k, _ []byte) error {
			orders = append(orders, string(k))
			return nil
		})
	})
	return orders, err
}

// Update changes a draft except for its files, and creates the draft if it is missing.
// It returns the changed draft.
func (s *Store) Update(order string, change func(*Draft)) (d Draft, err error) {
	err = s.db.Update(func(tx *bbolt.Tx) error {
		if d, err = load(tx, order); err != nil {
			return err
		}
		change(&d)
		d.arrange()
		if d.Empty() && d.Submission == nil && tx.Bucket(draftBucket).Get([]byte(order)) == nil {
			return nil // there is still no content to store
		}
		return s.save(tx, &d)
	})
	return d, err
}

// PutFiles adds files to the draft; a file replaces another one at the same path.
// Uploads that no file refers to any more are abandoned.
func (s *Store) PutFiles(order string, files []File) (d Draft, err error) {
	err = s.db.Update(func(tx *bbolt.Tx) error {
		if d, err = load(tx, order); err != nil {
			return err
		}
		bucket, err := tx.Bucket(fileBucket).CreateBucketIfNotExists([]byte(order))
		if err != nil {
			return err
		}
		for _, f := range files {
			if err := s.putFile(tx, bucket, f); err != nil {
				return err
			}
		}
		if err := s.save(tx, &d); err != nil {
			return err
		}
		d, err = load(tx, order)
		return err
	})
	return d, err
}

// UpdateFile changes one file of the draft. It returns ErrNoFile for a missing file.
// Concurrent calls share one write; change must not wait for another call.
func (s *Store) UpdateFile(order, path string, change func(*File)) (f File, err error) {
	e := &edit{order: order, path: path, change: change}
	err = s.edits.do(e)
	return e.file, err
}

// File returns one file of the draft. It returns ErrNoFile for a missing file.
func (s *Store) File(order, path string) (f File, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		f, err = loadFile(tx.Bucket(fileBucket).Bucket([]byte(order)), path)
		return err
	})
	return f, err
}

// putFile stores a file in the bucket of its order.
func (s *Store) putFile(tx *bbolt.Tx, bucket *bbolt.Bucket, f File) error {
	old, err := loadFile(bucket, f.Path)
	if err != nil && !errors.Is(err, ErrNoFile) {
		return err
	}
	if err := s.abandonment.replaced(tx, &old, &f); err != nil {
		return err
	}
	return put(bucket, []byte(f.Path), f)
}

// RemoveFiles removes files from the draft and returns those that were in it. Their
// uploads are abandoned, but stay available for an undo until the given time.
func (s *Store) RemoveFiles(order string, paths []string, until time.Time) (removed []File, err error) {
	err = s.db.Update(func(tx *bbolt.Tx) error {
		removed = nil
		bucket := tx.Bucket(fileBucket).Bucket([]byte(order))
		for _, path := range paths {
			f, err := s.removeFile(tx, bucket, path, until)
			if errors.Is(err, ErrNoFile) {
				continue
			}
			if err != nil {
				return err
			}
			removed = append(removed, f)
		}
		if len(removed) == 0 {
			return nil
		}
		d, err := load(tx, order)
		if err != nil {
			return err
		}
		return s.save(tx, &d)
	})
	return removed, err
}

func (s *Store) removeFile(tx *bbolt.Tx, bucket *bbolt.Bucket, path string, until time.Time) (File, error) {
	f, err := loadFile(bucket, path)
	if err != nil {
		return f, err
	}
	if err := s.abandonment.removed(tx, &f, until); err != nil {
		return f, err
	}
	return f, bucket.Delete([]byte(path))
}

// Delete deletes the draft with its files and abandons their uploads. A missing draft
// is not an error. Restoring a copy does not bring the draft back, so delivered work
// is not delivered again.
func (s *Store) Delete(order string) error {
	defer s.copies.copySoon()
	return s.db.Update(func(tx *bbolt.Tx) error {
		d, err := load(tx, order)
		if err != nil {
			return err
		}
		for _, f := range d.Files {
			if err := s.abandonment.removed(tx, &f, time.Time{}); err != nil {
				return err
			}
		}
		return forget(tx, order)
	})
}

func load(tx *bbolt.Tx, order string) (Draft, error) {
	d := Draft{Order: order}
	if raw := tx.Bucket(draftBucket).Get([]byte(order)); raw != nil {
		if err := json.Unmarshal(raw, &d); err != nil {
			return d, fmt.Errorf("read the draft of order %s: %w", order, err)
		}
	}
	d.Revision = uint64(tx.ID())
	files := tx.Bucket(fileBucket).Bucket([]byte(order))
	if files == nil {
		return d, nil
	}
	err := files.ForEach(func(_, raw []byte) error {
		var f File
		if err := json.Unmarshal(raw, &f); err != nil {
			return fmt.Errorf("read a file of the draft of order %s: %w", order, err)
		}
		d.Files = append(d.Files, f)
		return nil
	})
	if len(d.Arranged) > 0 { // the store sorts them by path
		d.arrange()
	}
	return d, err
}

func loadFile(bucket *bbolt.Bucket, path string) (f File, err error) {
	if bucket == nil {
		return f, ErrNoFile
	}
	raw := bucket.Get([]byte(path))
	if raw == nil {
		return f, ErrNoFile
	}
	return f, json.Unmarshal(raw, &f)
}

func (s *Store) save(tx *bbolt.Tx, d *Draft) error {
	d.UpdatedAt = s.now()
	return put(tx.Bucket(draftBucket), []byte(d.Order), d)
}

func put(bucket *bbolt.Bucket, k []byte, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return bucket.Put(k, raw)
}
