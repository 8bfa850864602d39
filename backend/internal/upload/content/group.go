package content

import "sync"

// Group runs an action once for all callers that arrive while it is already running,
// so that many small uploads share the syncs that make them durable. A caller never
// waits for more callers. Set Act before the first Do.
type Group[T any] struct {
	Act func([]T) error

	turn sync.Mutex // held while Act runs
	mu   sync.Mutex
	next *batch[T] // waiting for turn
}

type batch[T any] struct {
	items []T
	done  chan struct{}
	err   error
}

// Do runs Act with a batch that includes the items, and returns its error.
func (g *Group[T]) Do(items ...T) error {
	g.mu.Lock()
	b := g.next
	first := b == nil
	if first {
		b = &batch[T]{done: make(chan struct{})}
		g.next = b
	}
	b.items = append(b.items, items...)
	g.mu.Unlock()
	if !first {
		<-b.done
		return b.err
	}
	g.turn.Lock()
	defer g.turn.Unlock()
	g.mu.Lock()
	g.next = nil
	g.mu.Unlock()
	b.err = g.Act(b.items)
	close(b.done)
	return b.err
}
