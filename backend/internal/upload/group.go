package upload

import "sync"

// group runs an action once for all who ask for it while it already runs for
// others, so that many small uploads share the syncs that make them durable.
// Nobody waits for company: who comes first goes at once.
type group[T any] struct {
	act func([]T) error

	turn sync.Mutex // held while act runs
	mu   sync.Mutex
	next *batch[T] // those who wait for their turn
}

type batch[T any] struct {
	items []T
	done  chan struct{}
	err   error
}

// do returns when act has run with the items among others, and with its error.
func (g *group[T]) do(items ...T) error {
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
	b.err = g.act(b.items)
	close(b.done)
	return b.err
}
