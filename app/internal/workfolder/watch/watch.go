// Package watch turns the file system's events below a folder into hints where
// to look.
package watch

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"github.com/fsnotify/fsnotify"

	"handover/app/internal/workfolder/dirid"
)

// Hints are where to look: what events say, gathered until somebody takes it.
type Hints struct {
	Folders map[string]bool // read them; true: with all below
	Files   map[string]bool // look at them
	All     bool            // events were lost
}

func newHints() Hints { return Hints{Folders: map[string]bool{}, Files: map[string]bool{}} }

// maxHints bounds the memory of a storm of events; beyond it everything is read.
const maxHints = 4096

// Watcher turns the system's events into hints. A goroutine of it runs until Close.
type Watcher struct {
	events *events
	drop   func(string) bool // of tests: loses the event
	wake   chan struct{}     // holds one value while there are hints
	done   chan struct{}

	hinting sync.Mutex // never held while events is asked: that may wait for gather
	found   Hints

	mu     sync.Mutex
	byPath map[string]dirid.ID
	byNode map[dirid.ID]string
	failed error // why not everything is watched
	limit  int   // of tests: how many folders the system watches; 0 for its own limit
}

// Faults are what only tests set.
type Faults struct {
	Drop  func(path string) bool // loses the event
	Limit int                    // how many folders the system watches; 0 for its own limit
}

// New starts watching below root. wake, a buffered signal, gets a value when
// there are hints.
func New(root string, wake chan struct{}, faults Faults) (*Watcher, error) {
	events, err := watchEvents(root)
	if err != nil {
		return nil, err
	}
	w := &Watcher{
		events: events, drop: faults.Drop, wake: wake, done: make(chan struct{}), limit: faults.Limit,
		found: newHints(), byPath: map[string]dirid.ID{}, byNode: map[dirid.ID]string{},
	}
	go w.gather()
	return w, nil
}

func (w *Watcher) Close() {
	w.events.Close()
	<-w.done
}

// gather always reads, so that the system's queue does not fill while the
// folder is being looked at.
func (w *Watcher) gather() {
	defer close(w.done)
	events, errs := w.events.Events, w.events.Errors
	for events != nil || errs != nil {
		select {
		case e, ok := <-events:
			if !ok {
				events = nil
			} else if e.Name != "" && (w.drop == nil || !w.drop(e.Name)) {
				w.note(e)
			}
		case _, ok := <-errs:
			if !ok {
				errs = nil
			} else {
				w.lost() // an overflow, or a fault after which the same is true
			}
		}
	}
}

func (w *Watcher) note(e fsnotify.Event) {
	w.hinting.Lock()
	defer w.hinting.Unlock()
	if e.Has(fsnotify.Create) || e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
		// The folder has the true spelling of names where case does not count.
		if dir := filepath.Dir(e.Name); !w.found.Folders[dir] {
			w.found.Folders[dir] = false
		}
		w.found.Folders[e.Name] = true // if it is one
	} else {
		w.found.Files[e.Name] = true
	}
	if len(w.found.Folders)+len(w.found.Files) > maxHints {
		w.found = newHints()
		w.found.All = true
	}
	w.signal()
}

func (w *Watcher) lost() {
	w.hinting.Lock()
	defer w.hinting.Unlock()
	w.found = newHints()
	w.found.All = true
	w.signal()
}

func (w *Watcher) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *Watcher) Take() Hints {
	w.hinting.Lock()
	defer w.hinting.Unlock()
	h := w.found
	w.found = newHints()
	return h
}

// Watch watches a folder, not what is below it. It may be called again: the
// system forgets a folder that was deleted and made again, and follows one that
// was renamed under its old name.
func (w *Watcher) Watch(path string, n dirid.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil {
		return
	}
	if old, ok := w.byPath[path]; ok && old != n {
		w.forget(path)
	}
	if old, ok := w.byNode[n]; ok && old != path && n != (dirid.ID{}) {
		w.forget(old)
	}
	if w.limit > 0 && len(w.byPath) >= w.limit {
		w.failed = syscall.ENOSPC
		return
	}
	if err := w.events.Add(path); err != nil {
		if isLimit(err) {
			w.failed = err
		}
		return // it is gone or not ours to read; reading it says so
	}
	w.byPath[path], w.byNode[n] = n, path
}

// Keep ends watching of all folders but those that wanted says.
func (w *Watcher) Keep(wanted func(path string) bool) {
	w.mu.Lock()
	watched := slices.Collect(maps.Keys(w.byPath))
	w.mu.Unlock()
	unwanted := slices.DeleteFunc(watched, wanted)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, path := range unwanted {
		w.forget(path)
	}
}

func (w *Watcher) forget(path string) {
	if n := w.byPath[path]; w.byNode[n] == path {
		delete(w.byNode, n)
	}
	delete(w.byPath, path)
	w.events.Remove(path) // the system may have ended it first
}

// Failure is why folders are not watched; nil when all are.
func (w *Watcher) Failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

// isLimit reports whether the system has no more watches, watchers or open files.
func isLimit(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
