package desk

import (
	"maps"
	"slices"
	"sync"

	"handover/app/internal/change"
	"handover/backend/api"
)

// outcome is what became of a queued delivery.
type outcome struct {
	order api.Order
	err   error
}

// wishes are the queued deliveries, and who waits for each.
type wishes struct {
	// lock is held while a draft's Queued and what is here change together.
	lock   *sync.Mutex
	mu     *sync.Mutex
	queued map[string]chan outcome // nil for nobody
	ready  change.Signal           // one may be ready
}

func newWishes() wishes {
	return wishes{new(sync.Mutex), new(sync.Mutex), map[string]chan outcome{}, change.NewSignal()}
}

// add notes a delivery; the result, which has room for one, gets its outcome.
func (w wishes) add(id string, result chan outcome) {
	w.mu.Lock()
	w.queued[id] = result
	w.mu.Unlock()
	w.ready.Set()
}

func (w wishes) has(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.queued[id]
	return ok
}

func (w wishes) list() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.queued))
}

// end tells whoever waits what became of it.
func (w wishes) end(id string, o outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if result := w.queued[id]; result != nil {
		result <- o
	}
	delete(w.queued, id)
}
