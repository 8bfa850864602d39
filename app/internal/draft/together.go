package draft

import (
	"sync"

	"go.etcd.io/bbolt"
)

// together writes changes of single files, which come by the thousand, in as
// few transactions as possible: those that come while one is being written
// share the next. Nobody waits for company.
type together struct {
	db          *bbolt.DB
	abandonment *abandonment

	turn sync.Mutex // held while one is being written
	mu   sync.Mutex
	next *round // those who wait for their turn
}

// round is the changes of one transaction.
type round struct {
	edits []*edit
	done  chan struct{}
	err   error
}

// edit is a change of one file, and what came of it.
type edit struct {
	order, path string
	change      func(*File)
	file        File
	err         error // of this one alone
}

// do returns when the change is durable, or with why it is not.
func (t *together) do(e *edit) error {
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

func (t *together) write(r *round) {
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

// apply changes the file. A file that is not there, or cannot be read, is no
// reason for the others to fail.
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
