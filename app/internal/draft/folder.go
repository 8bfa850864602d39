package draft

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"handover/backend/api"
)

// Plan lists changes to the files of a draft: Put adds or replaces files, Remove
// removes paths.
type Plan struct {
	Put    []File
	Remove []string
	Beside *Beside // of the work folder; nil for no change
}

// Empty reports whether the plan changes nothing.
func (p Plan) Empty() bool { return len(p.Put) == 0 && len(p.Remove) == 0 && p.Beside == nil }

// Delivered is a file of the order's folder in the version of the last delivery.
type Delivered struct {
	Path     string `json:"path"`
	Identity string `json:"identity"`
}

// Reconcile changes a draft's files in one transaction. plan receives the draft and the
// files of the last delivery from the order's folder; its result must depend on
// nothing else. Reconcile abandons uploads that no file refers to any more, and
// deletes an empty draft.
func (s *Store) Reconcile(order string, plan func(Draft, []Delivered) Plan) (p Plan, err error) {
	err = s.db.Update(func(tx *bbolt.Tx) error {
		d, next, err := foresee(tx, order, plan)
		if p = next; err != nil || p.Empty() {
			return err
		}
		return s.apply(tx, d, p)
	})
	return p, err
}

// Foresee returns the plan that Reconcile would apply now.
func (s *Store) Foresee(order string, plan func(Draft, []Delivered) Plan) (p Plan, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		_, p, err = foresee(tx, order, plan)
		return err
	})
	return p, err
}

func foresee(tx *bbolt.Tx, order string, plan func(Draft, []Delivered) Plan) (Draft, Plan, error) {
	d, err := load(tx, order)
	if err != nil {
		return d, Plan{}, err
	}
	var delivered []Delivered
	if raw := tx.Bucket(baselineBucket).Get([]byte(order)); raw != nil {
		if err := json.Unmarshal(raw, &delivered); err != nil {
			return d, Plan{}, err
		}
	}
	return d, plan(d, delivered), nil
}

func (s *Store) apply(tx *bbolt.Tx, d Draft, p Plan) error {
	bucket, err := tx.Bucket(fileBucket).CreateBucketIfNotExists([]byte(d.Order))
	if err != nil {
		return err
	}
	for _, path := range p.Remove {
		_, err := s.removeFile(tx, bucket, path, time.Time{})
		if err != nil && !errors.Is(err, ErrNoFile) {
			return err
		}
	}
	for _, f := range p.Put {
		if err := s.putFile(tx, bucket, f); err != nil {
			return err
		}
	}
	if d, err = load(tx, d.Order); err != nil {
		return err
	}
	if p.Beside != nil {
		d.SetBeside(FromFolder, *p.Beside)
	}
	if d.Empty() && d.Submission == nil {
		return forget(tx, d.Order)
	}
	return s.save(tx, &d)
}

func forget(tx *bbolt.Tx, order string) error {
	err := tx.Bucket(fileBucket).DeleteBucket([]byte(order))
	if err != nil && !errors.Is(err, bolterrors.ErrBucketNotFound) {
		return err
	}
	return tx.Bucket(draftBucket).Delete([]byte(order))
}

// Complete ends the submission with the key after the server has accepted it. ended is
// false, and nothing changes, if that submission has ended before. If same reports that
// the draft equals the delivery, Complete deletes the draft. Otherwise the draft stays
// for the next delivery, without the texts that were sent. Complete also stores the
// delivered versions of the files in the order's folder.
func (s *Store) Complete(order, key string, sent api.NewDelivery, same func(Draft) bool) (ended bool, err error) {
	defer s.copies.copySoon()
	uploads := make(map[string]string, len(sent.Files))
	for _, f := range sent.Files {
		uploads[f.Path] = f.Upload
	}
	err = s.db.Update(func(tx *bbolt.Tx) error {
		d, err := load(tx, order)
		if err != nil {
			return err
		}
		if ended = d.Submission != nil && d.Submission.Key == key; !ended {
			return nil
		}
		delivered := []Delivered{}
		for _, f := range d.Files {
			if f.Origin == FromFolder && f.Upload != "" && f.Upload == uploads[f.Path] {
				delivered = append(delivered, Delivered{f.Path, f.Identity})
			}
		}
		if err := put(tx.Bucket(baselineBucket), []byte(order), delivered); err != nil {
			return err
		}
		again := same(d)
		if d.Description == sent.Description {
			d.Description = ""
		}
		if slices.Equal(d.Done, sent.Done) {
			d.Done = nil
		}
		if again || d.Empty() {
			return forget(tx, order)
		}
		d.Submission, d.Queued = nil, nil
		return s.save(tx, &d)
	})
	return ended, err
}

// maxDigests limits the number of stored digests.
const maxDigests = 50_000

// PutDigest stores the SHA-256 of one version of a file. Concurrent calls share one
// write.
func (s *Store) PutDigest(identity, sha256 string) error {
	return s.db.Batch(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(digestBucket)
		n, err := bucket.NextSequence()
		if err != nil {
			return err
		}
		if n > maxDigests {
			// Drop all: it is unknown which are still needed, and all can be computed again.
			if err := tx.DeleteBucket(digestBucket); err != nil {
				return err
			}
			if bucket, err = tx.CreateBucket(digestBucket); err != nil {
				return err
			}
		}
		return put(bucket, []byte(identity), sha256)
	})
}

// Digest returns the SHA-256 of one version of a file; "" if unknown.
func (s *Store) Digest(identity string) (sha256 string, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		raw := tx.Bucket(digestBucket).Get([]byte(identity))
		if raw == nil {
			return nil
		}
		return json.Unmarshal(raw, &sha256)
	})
	return sha256, err
}
