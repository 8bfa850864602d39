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

// between is how long a change may wait until it is in the copy as well, while
// the program runs. When it ends, the copy is made in any case.
const between = 3 * time.Minute

// copies keeps a copy of the open file, which takes its place when it is found
// damaged. It is the work of one goroutine, beside the store's own.
type copies struct {
	db   *bbolt.DB
	path string        // of the file
	soon chan struct{} // holds a token when the copy is not to wait
	stop chan struct{}
	done chan struct{}

	mu    sync.Mutex
	fault error // why the latest copy was not made
}

// startCopies begins to keep a copy. made is the transaction of the copy that
// is there.
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

// keep makes a copy and notes how it went.
func (c *copies) keep(made uint64) uint64 {
	latest, err := c.take(made)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fault = err; err != nil {
		return made
	}
	return latest
}

// hurry makes the next copy now: what has just happened must not be undone by
// an older one.
func (c *copies) hurry() {
	select {
	case c.soon <- struct{}{}:
	default:
	}
}

// close makes the last copy and ends.
func (c *copies) close() {
	close(c.stop)
	<-c.done
}

// take makes a copy, unless the last one, of the transaction made, is as new.
// It returns the copy's transaction. A copy that is not sound does not take
// the last one's place.
func (c *copies) take(made uint64) (latest uint64, err error) {
	// The mapped file may be cut off below us.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("copy the drafts: %w: %v", ErrDamaged, fault)
		}
	}()
	var size int64
	look := func(tx *bbolt.Tx) error {
		latest, size = uint64(tx.ID()), tx.Size()
		return nil
	}
	if err := c.db.View(look); err != nil || latest == made {
		return latest, err
	}
	err = writeWhole(copyOf(c.path), func(w io.Writer) error {
		return c.db.View(func(tx *bbolt.Tx) error {
			_, err := tx.WriteTo(w)
			return errors.Join(err, look(tx))
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

// CopyFault returns why the latest copy of the drafts was not made; nil when
// it was. The drafts themselves are stored nonetheless.
func (s *Store) CopyFault() error {
	s.copies.mu.Lock()
	defer s.copies.mu.Unlock()
	return s.copies.fault
}
