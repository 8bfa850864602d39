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

// Plan says what is to become of the files of a draft: Put replaces or adds,
// Remove names paths.
type Plan struct {
	Put    []File
	Remove []string
	Beside *Beside // of the work folder; nil when it stays as it is
}

// Empty reports whether nothing is to be done.
func (p Plan) Empty() bool { return len(p.Put) == 0 && len(p.Remove) == 0 && p.Beside == nil }

// Delivered is a file of an order's folder in the version that was delivered.
type Delivered struct {
	Path     string `json:"path"`
	Identity string `json:"identity"`
}

// Reconcile changes the files of a draft as plan says, which sees the draft and
// what of the order's folder was delivered last, and must not look at anything
// that can change. All of it happens or nothing. Uploads that no file names any
// more are abandoned, and a draft with nothing in it is forgotten.
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

// Foresee returns what Reconcile would do now.
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
	d, err = load(tx, d.Order)
	if p.Beside != nil {
		d.SetBeside(FromFolder, *p.Beside)
	}
	if err == nil && d.Empty() && d.Submission == nil {
		return forget(tx, d.Order)
	}
	if err == nil {
		err = s.save(tx, &d)
	}
	return err
}

func forget(tx *bbolt.Tx, order string) error {
	err := tx.Bucket(fileBucket).DeleteBucket([]byte(order))
	if err != nil && !errors.Is(err, bolterrors.ErrBucketNotFound) {
		return err
	}
	return tx.Bucket(draftBucket).Delete([]byte(order))
}

// Complete ends the submission with the key, which has arrived. ended is false
// if it ended earlier, and then nothing changes. The draft is forgotten if it is
// still what was sent, which same decides; else it stays as the next
// delivery's, without the words that were sent. It remembers which versions of
// the files in the order's folder the delivery has.
func (s *Store) Complete(order, key string, sent api.NewDelivery, same func(Draft) bool) (ended bool, err error) {
	defer s.copies.hurry()
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

// maxDigests bounds the digests that are kept.
const maxDigests = 50_000

// PutDigest remembers the SHA-256 of a file in one version. Calls that come
// together share one write.
func (s *Store) PutDigest(identity, sha256 string) error {
	return s.db.Batch(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(digestBucket)
		n, err := bucket.NextSequence()
		if err == nil && n > maxDigests {
			// Which are worth most is not known; all of them can be had again.
			if err = tx.DeleteBucket(digestBucket); err == nil {
				bucket, err = tx.CreateBucket(digestBucket)
			}
		}
		if err != nil {
			return err
		}
		return put(bucket, []byte(identity), sha256)
	})
}

// Digest returns the SHA-256 of a file in one version, "" when it is not known.
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
