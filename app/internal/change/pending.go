package change

import (
	"context"
	"sync"
	"time"
)

// Signal wakes one goroutine. Signals that arrive before it wakes are one.
type Signal chan struct{}

// NewSignal returns a signal that is not set.
func NewSignal() Signal { return make(Signal, 1) }

// Set wakes the goroutine that receives from s, now or when it receives next.
func (s Signal) Set() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// Pending is a set of keys that wait to be handled. A key that is added twice
// before it is taken is handled once. One goroutine takes keys; several may add.
type Pending[K comparable] struct {
	// Ready is set while keys wait.
	Ready Signal

	mu   sync.Mutex
	keys []K // oldest first
	has  map[K]bool
}

// NewPending returns an empty set.
func NewPending[K comparable]() *Pending[K] {
	return &Pending[K]{Ready: NewSignal(), has: map[K]bool{}}
}

// Add adds the keys that do not wait yet.
func (p *Pending[K]) Add(keys ...K) {
	p.mu.Lock()
	for _, k := range keys {
		if !p.has[k] {
			p.has[k], p.keys = true, append(p.keys, k)
		}
	}
	p.mu.Unlock()
	p.Ready.Set()
}

// Take removes and returns all keys, oldest first.
func (p *Pending[K]) Take() []K {
	p.mu.Lock()
	defer p.mu.Unlock()
	keys := p.keys
	p.keys = nil
	clear(p.has)
	return keys
}

// Next waits for a key, and removes and returns the oldest one. It fails only
// when the context ends.
func (p *Pending[K]) Next(ctx context.Context) (k K, err error) {
	for {
		if k, ok := p.pop(); ok {
			return k, nil
		}
		select {
		case <-p.Ready:
		case <-ctx.Done():
			return k, ctx.Err()
		}
	}
}

func (p *Pending[K]) pop() (k K, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.keys) == 0 {
		return k, false
	}
	k = p.keys[0]
	p.keys = p.keys[1:]
	delete(p.has, k)
	return k, true
}

// Wait waits for a key and then for the debounce time, so that changes that come
// together are handled together. It returns all keys, oldest first, and fails
// only when the context ends.
func (p *Pending[K]) Wait(ctx context.Context, debounce time.Duration) ([]K, error) {
	for {
		select {
		case <-p.Ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if err := Sleep(ctx, debounce); err != nil {
			return nil, err
		}
		if keys := p.Take(); len(keys) > 0 {
			return keys, nil
		}
	}
}

// Sleep pauses for the time. It fails when the context ends earlier.
func Sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
