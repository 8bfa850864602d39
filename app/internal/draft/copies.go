package draft

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// between is how long the copy may lag behind the file while the program runs. Closing
// the store updates the copy.
const between = 3 * time.Minute

// copies maintains a copy of the open file. The copy replaces the file when the file is
// found damaged. One goroutine makes the copies.
type copies struct {
	db   *bbolt.DB
	path string        // of the original
	soon chan struct{} // buffered signal, capacity 1: copy now
	stop chan struct{}
	done chan struct{}

	mu    sync.Mutex
	fault error // why the latest copy failed
}

// startCopies starts the copying. made is the transaction of the existing copy.
func startCopies(db *bbolt.DB, path string, made uint64) *copies {
	c := &copies{db: db, path: path, soon: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	go c.run(made)
	return c
}

func (c *copies) run(made uint64) {
	defer close(c.done)
	tick := time.NewTicker(between)
	defer tick.Stop()
	for {
		made = c.keep(made)
		select {
		case <-tick.C:
		case <-c.soon:
		case <-c.stop:
			c.keep(made)
			return
		}
	}
}

// keep makes a copy if needed and records the result.
func (c *copies) keep(made uint64) uint64 {
	latest, err := c.take(made)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fault = err; err != nil {
		return made
	}
	return latest
}

// copySoon makes the next copy now, because an older copy would undo what has just
// happened.
func (c *copies) copySoon() {
	select {
	case c.soon <- struct{}{}:
	default:
	}
}

// close makes the last copy and stops.
func (c *copies) close() {
	close(c.stop)
	<-c.done
}

// take copies the file unless the copy already has its latest transaction. made is the
// transaction of the existing copy, latest that of the new copy. A damaged copy does
// not replace a good one.
func (c *copies) take(made uint64) (latest uint64, err error) {
	// The mapped file may be truncated while it is read.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("copy the drafts: %w: %v", ErrDamaged, fault)
		}
	}()
	var size int64
	stat := func(tx *bbolt.Tx) error {
		latest, size = uint64(tx.ID()), tx.Size()
		return nil
	}
	if err := c.db.View(stat); err != nil || latest == made {
		return latest, err
	}
	err = writeWhole(copyOf(c.path), func(w io.Writer) error {
		return c.db.View(func(tx *bbolt.Tx) error {
			_, err := tx.WriteTo(w)
			return errors.Join(err, stat(tx))
		})
	}, func(f *os.File) error {
		_, err := verify(f, size)
		return err
	})
	if err != nil {
		return latest, fmt.Errorf("copy the drafts: %w", err)
	}
	return latest, nil
}

// CopyFault returns why the latest copy failed; nil if it succeeded. A failed copy does
// not affect the drafts themselves.
func (s *Store) CopyFault() error {
	s.copies.mu.Lock()
	defer s.copies.mu.Unlock()
	return s.copies.fault
}
