package delivery

import (
	"maps"
	"slices"
	"sync"

	"handover/app/internal/change"
	"handover/backend/api"
)

// outcome is the result of a queued delivery.
type outcome struct {
	order api.Order
	err   error
}

// queue holds the queued deliveries and their waiting callers.
type queue struct {
	// storing is held while the queue and a draft's Queued change together.
	storing sync.Mutex
	ready   change.Signal // a delivery may be ready

	mu      sync.Mutex
	waiting map[string]chan outcome // by order; nil without a caller
}

func newQueue() *queue { return &queue{ready: change.NewSignal(), waiting: map[string]chan outcome{}} }

// add adds a delivery. result, with room for one, gets its outcome; it may be nil.
func (q *queue) add(id string, result chan outcome) {
	q.mu.Lock()
	q.waiting[id] = result
	q.mu.Unlock()
	q.ready.Set()
}

func (q *queue) has(id string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	_, ok := q.waiting[id]
	return ok
}

func (q *queue) list() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Sorted(maps.Keys(q.waiting))
}

// end removes a delivery and sends the outcome to its caller.
func (q *queue) end(id string, o outcome) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if result := q.waiting[id]; result != nil {
		result <- o
	}
	delete(q.waiting, id)
}
