package draft

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
)

// abandoned is an entry of the list of uploads that no draft refers to any more.
// Entries are added and removed in the transactions that change the drafts. An
// entry stays until the server has deleted its upload.
type abandoned struct {
	Account   string    `json:"account,omitempty"`   // owner; "" if unknown
	NotBefore time.Time `json:"not_before,omitzero"` // until then the seller can undo the removal
	Size      int64     `json:"size,omitempty"`      // bytes of content that another file may share; 0 for a part
	Deleting  bool      `json:"deleting,omitempty"`  // the server may have received a request to delete it
}

// uploads returns the IDs of the file's own uploads. Uploads of an earlier delivery
// must not be deleted with the draft.
func (f File) uploads() []string {
	if f.Origin == FromDelivery {
		return nil
	}
	ids := strings.Fields(f.Parts)
	if f.Upload != "" {
		ids = append(ids, f.Upload)
	}
	return ids
}

// abandonment maintains the list within its callers' transactions.
type abandonment struct {
	account atomic.Pointer[string]
	some    chan struct{} // buffered signal, capacity 1
}

func newAbandonment() *abandonment { return &abandonment{some: make(chan struct{}, 1)} }

// replaced adds the uploads that a file no longer refers to, and removes those that it
// refers to again. If the server may have deleted such an upload already, the file is
// queued to be sent again.
func (a *abandonment) replaced(tx *bbolt.Tx, old, now *File) error {
	if err := a.claim(tx, now); err != nil {
		return err
	}
	if now.Upload != "" && old.Upload == "" {
		return nil // the server removes parts when it joins them
	}
	left := slices.DeleteFunc(old.uploads(), func(id string) bool { return slices.Contains(now.uploads(), id) })
	return a.add(tx, left, old, time.Time{})
}

func (a *abandonment) claim(tx *bbolt.Tx, f *File) error {
	bucket := tx.Bucket(orphanBucket)
	for _, id := range f.uploads() {
		if raw := bucket.Get([]byte(id)); raw != nil && decodeAbandoned(raw).Deleting {
			f.Forget()
			f.SHA256 = ""
			if f.State == Verified || f.State == Uploading {
				f.State = Queued
			}
			return nil
		}
	}
	for _, id := range append(f.uploads(), f.Upload) {
		if id == "" {
			continue
		}
		if err := bucket.Delete([]byte(id)); err != nil {
			return err
		}
	}
	return nil
}

// removed adds the uploads of a file that left its draft.
func (a *abandonment) removed(tx *bbolt.Tx, f *File, notBefore time.Time) error {
	return a.add(tx, f.uploads(), f, notBefore)
}

func (a *abandonment) add(tx *bbolt.Tx, ids []string, f *File, notBefore time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	bucket := tx.Bucket(orphanBucket)
	for _, id := range ids {
		if bucket.Get([]byte(id)) != nil {
			continue
		}
		entry := abandoned{NotBefore: notBefore}
		if account := a.account.Load(); account != nil {
			entry.Account = *account
		}
		if id == f.Upload {
			entry.Size = f.Size
		}
		if err := put(bucket, []byte(id), entry); err != nil {
			return err
		}
	}
	tx.OnCommit(func() {
		select {
		case a.some <- struct{}{}:
		default:
		}
	})
	return nil
}

// decodeAbandoned decodes an entry. Earlier versions stored true.
func decodeAbandoned(raw []byte) (entry abandoned) {
	_ = json.Unmarshal(raw, &entry) // the zero value: delete the upload
	return entry
}

// SetAccount sets the owner of uploads that are abandoned from now on.
func (s *Store) SetAccount(account string) { s.abandonment.account.Store(&account) }

// Abandonment signals that uploads were abandoned.
func (s *Store) Abandonment() <-chan struct{} { return s.abandonment.some }

// Abandon adds an upload that no draft has ever referred to.
func (s *Store) Abandon(upload string) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		return s.abandonment.add(tx, []string{upload}, &File{}, time.Time{})
	})
}

// Batch is a set of abandoned uploads to delete now.
type Batch struct {
	Uploads []string
	Last    string // start of the next batch; "" at the end of the list
	// Later is set when uploads were skipped: the seller can still undo their
	// removal, or a queued file of the same size may share their content.
	Later bool
}

// errNothing aborts a transaction that has no changes.
var errNothing = errors.New("nothing to store")

// TakeAbandoned returns up to n uploads of the account that are due for deletion. The
// batch starts after the given upload; "" starts at the beginning. From now on no draft
// uses these uploads again. Call [Store.ForgetAbandoned] when the server has deleted
// them.
func (s *Store) TakeAbandoned(account, after string, now time.Time, n int) (b Batch, err error) {
	err = s.db.Update(func(tx *bbolt.Tx) error {
		var entries []abandoned
		if b, entries, err = scan(tx, account, after, now, n); err != nil {
			return err
		}
		if len(entries) == 0 {
			return errNothing
		}
		for i, entry := range entries {
			entry.Deleting = true
			if err := put(tx.Bucket(orphanBucket), []byte(b.Uploads[i]), entry); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errNothing) {
		err = nil
	}
	return b, err
}

// scan returns the next batch and the entries of its uploads.
func scan(tx *bbolt.Tx, account, after string, now time.Time, n int) (b Batch, entries []abandoned, err error) {
	waiting := sync.OnceValues(func() (map[int64]bool, error) { return waitingSizes(tx) })
	cursor := tx.Bucket(orphanBucket).Cursor()
	k, raw := cursor.Seek([]byte(after))
	if after != "" && string(k) == after {
		k, raw = cursor.Next()
	}
	for ; k != nil; k, raw = cursor.Next() {
		if len(entries) == n {
			b.Last = b.Uploads[n-1]
			return b, entries, nil
		}
		entry := decodeAbandoned(raw)
		if entry.Account != "" && entry.Account != account {
			continue // waits until that account signs in again
		}
		shared := false
		if entry.Size > 0 && !entry.Deleting {
			sizes, err := waiting()
			if err != nil {
				return b, nil, err
			}
			shared = sizes[entry.Size]
		}
		if shared || entry.NotBefore.After(now) {
			b.Later = true
			continue
		}
		entries = append(entries, entry)
		b.Uploads = append(b.Uploads, string(k))
	}
	return b, entries, nil
}

// waitingSizes returns the sizes of files that are not yet sent.
func waitingSizes(tx *bbolt.Tx) (map[int64]bool, error) {
	waiting := map[int64]bool{}
	files := tx.Bucket(fileBucket)
	return waiting, files.ForEachBucket(func(order []byte) error {
		return files.Bucket(order).ForEach(func(_, raw []byte) error {
			var f File
			if err := json.Unmarshal(raw, &f); err != nil {
				return err
			}
			if f.State != Verified && f.State != Problem {
				waiting[f.Size] = true
			}
			return nil
		})
	})
}

// ForgetAbandoned removes uploads from the list after the server has deleted them.
func (s *Store) ForgetAbandoned(uploads []string) error {
	if len(uploads) == 0 {
		return nil
	}
	return s.db.Update(func(tx *bbolt.Tx) error {
		for _, id := range uploads {
			if err := tx.Bucket(orphanBucket).Delete([]byte(id)); err != nil {
				return err
			}
		}
		return nil
	})
}
