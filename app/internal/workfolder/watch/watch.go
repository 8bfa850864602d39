// Package watch turns file system events below a folder into hints where to scan.
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

// Hints are the files and folders that events have named since the last Take.
type Hints struct {
	Folders map[string]bool // folders to read; true: with their subfolders
	Files   map[string]bool // files to check
	All     bool            // events were lost
}

func newHints() Hints { return Hints{Folders: map[string]bool{}, Files: map[string]bool{}} }

// maxHints limits the memory during a storm of events; beyond it everything is read.
const maxHints = 4096

// Watcher turns events into hints. Its goroutine runs until Close.
type Watcher struct {
	events *events
	drop   func(string) bool // set by tests: drops the event
	wake   chan struct{}     // buffered signal, capacity 1
	done   chan struct{}

	hintMu sync.Mutex // never held while calling events, which may wait for collect
	hints  Hints

	mu     sync.Mutex
	byPath map[string]dirid.ID
	byNode map[dirid.ID]string
	failed error // why some folders are not watched
	limit  int   // set by tests: number of folders that can be watched; 0 for the system's limit
}

// Faults are simulated by tests.
type Faults struct {
	Drop  func(path string) bool // drops the event
	Limit int                    // number of folders that can be watched; 0 for the system's limit
}

// New starts watching root. It signals wake, a channel of capacity 1, when there
// are hints.
func New(root string, wake chan struct{}, faults Faults) (*Watcher, error) {
	events, err := watchEvents(root)
	if err != nil {
		return nil, err
	}
	w := &Watcher{
		events: events, drop: faults.Drop, wake: wake, done: make(chan struct{}), limit: faults.Limit,
		hints: newHints(), byPath: map[string]dirid.ID{}, byNode: map[dirid.ID]string{},
	}
	go w.collect()
	return w, nil
}

// Close stops watching and waits for the goroutine to end.
func (w *Watcher) Close() {
	w.events.Close()
	<-w.done
}

// collect reads events all the time, so that the system's queue does not overflow
// during a scan.
func (w *Watcher) collect() {
	defer close(w.done)
	events, errs := w.events.Events, w.events.Errors
	for events != nil || errs != nil {
		select {
		case e, ok := <-events:
			if !ok {
				events = nil
			} else if e.Name != "" && (w.drop == nil || !w.drop(e.Name)) {
				w.add(e)
			}
		case _, ok := <-errs:
			if !ok {
				errs = nil
			} else {
				w.overflow() // an overflow, or an error with the same effect
			}
		}
	}
}

func (w *Watcher) add(e fsnotify.Event) {
	w.hintMu.Lock()
	defer w.hintMu.Unlock()
	if e.Has(fsnotify.Create) || e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
		// Reading the folder gives the true spelling where case is ignored.
		if dir := filepath.Dir(e.Name); !w.hints.Folders[dir] {
			w.hints.Folders[dir] = false
		}
		w.hints.Folders[e.Name] = true // in case it is a folder
	} else {
		w.hints.Files[e.Name] = true
	}
	if len(w.hints.Folders)+len(w.hints.Files) > maxHints {
		w.hints = newHints()
		w.hints.All = true
	}
	w.signal()
}

func (w *Watcher) overflow() {
	w.hintMu.Lock()
	defer w.hintMu.Unlock()
	w.hints = newHints()
	w.hints.All = true
	w.signal()
}

func (w *Watcher) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Take returns the hints so far and starts a new set.
func (w *Watcher) Take() Hints {
	w.hintMu.Lock()
	defer w.hintMu.Unlock()
	h := w.hints
	w.hints = newHints()
	return h
}

// Watch watches a folder without its subfolders. Call it again after each read: the
// system drops the watch of a deleted folder, and reports a renamed folder under
// its old name.
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
		return // removed or not readable; reading it reports the error
	}
	w.byPath[path], w.byNode[n] = n, path
}

// Keep stops watching the folders for which wanted returns false.
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
	w.events.Remove(path) // the system may have dropped the watch already
}

// Failure returns why some folders are not watched; nil if all are.
func (w *Watcher) Failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

// isLimit reports whether the system has run out of watches, watchers or open files.
func isLimit(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
