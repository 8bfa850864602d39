package store

import "sync"

// Watchers notifies goroutines that watch an order's comments of changes. The
// zero value is ready.
type Watchers struct {
	mu      sync.Mutex
	waiting map[string]map[chan struct{}]struct{} // order -> channels of capacity 1
}

// Watch returns a channel that receives a token after each Notify about the order,
// until stop is called. Unread tokens merge into one.
func (w *Watchers) Watch(orderID string) (changed <-chan struct{}, stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting == nil {
		w.waiting = map[string]map[chan struct{}]struct{}{}
	}
	if w.waiting[orderID] == nil {
		w.waiting[orderID] = map[chan struct{}]struct{}{}
	}
	c := make(chan struct{}, 1)
	w.waiting[orderID][c] = struct{}{}
	return c, func() { w.leave(orderID, c) }
}

func (w *Watchers) leave(orderID string, c chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.waiting[orderID], c)
	if len(w.waiting[orderID]) == 0 {
		delete(w.waiting, orderID)
	}
}

// Notify notifies the watchers of the order.
func (w *Watchers) Notify(orderID string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	notify(w.waiting[orderID])
}

// NotifyAll notifies every watcher, after notifications may have been lost.
func (w *Watchers) NotifyAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, watching := range w.waiting {
		notify(watching)
	}
}

func notify(watching map[chan struct{}]struct{}) {
	for c := range watching {
		select {
		case c <- struct{}{}:
		default: // an unread token is enough
		}
	}
}
