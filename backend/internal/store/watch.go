package store

import "sync"

// Watchers tells those who watch an order's comments that they have changed.
// The zero value is ready.
type Watchers struct {
	mu      sync.Mutex
	waiting map[string]map[chan struct{}]struct{} // order -> channels of capacity 1
}

// Watch returns a channel that holds a token after each Tell about the order,
// one for several that were not read, until stop is called.
func (w *Watchers) Watch(orderID string) (told <-chan struct{}, stop func()) {
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

// Tell tells those who watch the order.
func (w *Watchers) Tell(orderID string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	tell(w.waiting[orderID])
}

// TellAll tells everybody, after news may have been missed.
func (w *Watchers) TellAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, watching := range w.waiting {
		tell(watching)
	}
}

func tell(watching map[chan struct{}]struct{}) {
	for c := range watching {
		select {
		case c <- struct{}{}:
		default: // there is a token already
		}
	}
}
