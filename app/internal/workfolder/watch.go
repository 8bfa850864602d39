package workfolder

import (
	"errors"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/fsnotify/fsnotify"
)

// node is the identity of a folder: inode and volume.
type node struct{ inode, device uint64 }

// hints are where to look: what events say, gathered until somebody takes it.
type hints struct {
	folders map[string]bool // read them; true: with all below
	files   map[string]bool // look at them
	all     bool            // events were lost
}

func newHints() hints { return hints{folders: map[string]bool{}, files: map[string]bool{}} }

// maxHints bounds the memory of a storm of events; beyond it everything is read.
const maxHints = 4096

// watcher turns the system's events into hints. A goroutine of it runs until close.
type watcher struct {
	events *events
	drop   func(string) bool // of tests: loses the event
	wake   chan struct{}     // holds one value while there are hints
	done   chan struct{}

	hinting sync.Mutex // never held while events is asked: that may wait for gather
	found   hints

	mu     sync.Mutex
	byPath map[string]node
	byNode map[node]string
	failed error // why not everything is watched
	limit  int   // of tests: how many folders the system watches; 0 for its own limit
}

// newWatcher returns an error that isLimit knows when the system has no more
// watchers.
func newWatcher(root string, wake chan struct{}, t tuning) (*watcher, error) {
	events, err := watchEvents(root)
	if err != nil {
		return nil, err
	}
	w := &watcher{
		events: events, drop: t.drop, wake: wake, done: make(chan struct{}), limit: t.watchLimit,
		found: newHints(), byPath: map[string]node{}, byNode: map[node]string{},
	}
	go w.gather()
	return w, nil
}

func (w *watcher) close() {
	w.events.Close()
	<-w.done
}

// gather always reads, so that the system's queue does not fill while the
// folder is being looked at.
func (w *watcher) gather() {
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

func (w *watcher) note(e fsnotify.Event) {
	w.hinting.Lock()
	defer w.hinting.Unlock()
	if e.Has(fsnotify.Create) || e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
		// The folder has the true spelling of names where case does not count.
		if dir := filepath.Dir(e.Name); !w.found.folders[dir] {
			w.found.folders[dir] = false
		}
		w.found.folders[e.Name] = true // if it is one
	} else {
		w.found.files[e.Name] = true
	}
	if len(w.found.folders)+len(w.found.files) > maxHints {
		w.found = newHints()
		w.found.all = true
	}
	w.signal()
}

func (w *watcher) lost() {
	w.hinting.Lock()
	defer w.hinting.Unlock()
	w.found = newHints()
	w.found.all = true
	w.signal()
}

func (w *watcher) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *watcher) take() hints {
	w.hinting.Lock()
	defer w.hinting.Unlock()
	h := w.found
	w.found = newHints()
	return h
}

// watch watches a folder, not what is below it. It may be called again: the
// system forgets a folder that was deleted and made again, and follows one that
// was renamed under its old name.
func (w *watcher) watch(path string, n node) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil {
		return
	}
	if old, ok := w.byPath[path]; ok && old != n {
		w.forget(path)
	}
	if old, ok := w.byNode[n]; ok && old != path && n != (node{}) {
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

// keep ends watching of all folders but those that wanted says.
func (w *watcher) keep(wanted func(path string) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for path := range w.byPath {
		if !wanted(path) {
			w.forget(path)
		}
	}
}

func (w *watcher) forget(path string) {
	if n := w.byPath[path]; w.byNode[n] == path {
		delete(w.byNode, n)
	}
	delete(w.byPath, path)
	w.events.Remove(path) // the system may have ended it first
}

// failure is why folders are not watched; nil when all are.
func (w *watcher) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

// isLimit reports whether the system has no more watches, watchers or open files.
func isLimit(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
