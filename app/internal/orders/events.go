package orders

import (
	"maps"
	"slices"
	"sync"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/backend/order"
)

// Batch is a number of events that are applied together.
type Batch struct {
	Last    string                  // ID of the last event; "" without events
	Unread  map[string]draft.Unread // events that the seller has to read, by order
	Changed map[string]bool         // orders to refresh
	All     bool                    // refresh the whole list
}

// Events buffers events of the server until they are applied.
type Events struct {
	// Ready is set while a batch waits.
	Ready change.Signal

	mu    sync.Mutex
	batch Batch
	start string // the event after which the next stream begins
}

// NewEvents returns an empty buffer.
func NewEvents() *Events { return &Events{Ready: change.NewSignal()} }

// Reset drops the buffered events, for a session whose last applied event is start.
func (e *Events) Reset(start string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.batch, e.start = Batch{}, start
}

// Start returns the event after which the session's stream begins.
func (e *Events) Start() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.start
}

// Connected records that a stream has begun after the event with the ID. all
// requests a refresh of the whole list.
func (e *Events) Connected(id string, all bool) {
	e.edit(func(b *Batch) { b.Last, b.All = id, b.All || all })
	e.Ready.Set()
}

// Add buffers one event.
func (e *Events) Add(id string, event order.Event) {
	e.edit(func(b *Batch) {
		b.Last, b.Changed[event.Order] = id, true
		if event.By != order.Buyer || order.Quiet([]order.Event{event}) {
			return
		}
		u := b.Unread[event.Order]
		if event.Type == order.MessageWritten {
			u.Messages++
		} else {
			u.Other++
		}
		b.Unread[event.Order] = u
	})
	e.Ready.Set()
}

// Retry requests another refresh of the orders. It does not set Ready: the
// caller decides when to try again.
func (e *Events) Retry(orders []string, all bool) {
	e.edit(func(b *Batch) {
		for _, id := range orders {
			b.Changed[id] = true
		}
		b.All = b.All || all
	})
}

// Take removes and returns the buffered events.
func (e *Events) Take() Batch {
	e.mu.Lock()
	defer e.mu.Unlock()
	b := e.batch
	e.batch = Batch{}
	return b
}

// PutBack returns a batch that could not be applied.
func (e *Events) PutBack(before Batch) {
	e.Retry(slices.Collect(maps.Keys(before.Changed)), before.All)
	e.edit(func(b *Batch) {
		if b.Last == "" {
			b.Last = before.Last
		}
		for id, more := range before.Unread {
			u := b.Unread[id]
			b.Unread[id] = draft.Unread{Messages: u.Messages + more.Messages, Other: u.Other + more.Other}
		}
	})
}

func (e *Events) edit(edit func(*Batch)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.batch.Changed == nil {
		e.batch.Changed, e.batch.Unread = map[string]bool{}, map[string]draft.Unread{}
	}
	edit(&e.batch)
}
