package content

import "sync"

// Group runs an action once for all callers that ask while it already runs for
// others, so that many small uploads share the syncs that make them durable.
// The first caller never waits for others. Set Act before the first Do.
type Group[T any] struct {
	Act func([]T) error

	turn sync.Mutex // held while Act runs
	mu   sync.Mutex
	next *batch[T] // those who wait for their turn
}

type batch[T any] struct {
	items []T
	done  chan struct{}
	err   error
}

// Do returns when Act has run with the items among others, and with its error.
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
