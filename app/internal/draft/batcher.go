package draft

import (
	"sync"

	"go.etcd.io/bbolt"
)

// batcher writes changes of single files, which come by the thousand, in few
// transactions: the first change is written at once, and changes that come during a
// write share the next one. bbolt's Batch would delay each write by 10 ms to collect
// more changes, and may call change twice.
type batcher struct {
	db          *bbolt.DB
	abandonment *abandonment

	turn sync.Mutex // held during a write
	mu   sync.Mutex
	next *round // the changes of the next write
}

// round is the set of changes of one transaction.
type round struct {
	edits []*edit
	done  chan struct{}
	err   error
}

// edit is a change of one file and its result.
type edit struct {
	order, path string
	change      func(*File)
	file        File
	err         error // concerns this edit only
}

// do returns when the change is durable or has failed.
func (t *batcher) do(e *edit) error {
	t.mu.Lock()
	r := t.next
	first := r == nil
	if first {
		r = &round{done: make(chan struct{})}
		t.next = r
	}
	r.edits = append(r.edits, e)
	t.mu.Unlock()
	if first {
		t.write(r)
	}
	<-r.done
	if e.err != nil {
		return e.err
	}
	return r.err
}

func (t *batcher) write(r *round) {
	t.turn.Lock()
	defer t.turn.Unlock()
	t.mu.Lock()
	t.next = nil
	t.mu.Unlock()
	defer close(r.done)
	r.err = t.db.Update(func(tx *bbolt.Tx) error {
		for _, e := range r.edits {
			if err := e.apply(tx, t.abandonment); err != nil {
				return err
			}
		}
		return nil
	})
}

// apply changes the file. A missing or unreadable file does not make the other edits
// fail.
func (e *edit) apply(tx *bbolt.Tx, a *abandonment) error {
	bucket := tx.Bucket(fileBucket).Bucket([]byte(e.order))
	if e.file, e.err = loadFile(bucket, e.path); e.err != nil {
		return nil
	}
	old := e.file
	e.change(&e.file)
	if err := a.replaced(tx, &old, &e.file); err != nil {
		return err
	}
	return put(bucket, []byte(e.path), e.file)
}
