package live

import "sync"

// Bell wakes all waiting streams. Its zero value is ready to use.
type Bell struct {
	mu sync.Mutex
	c  chan struct{}
}

// Ring closes the channels that rings returned since the last ring.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.c != nil {
		close(b.c)
		b.c = nil
	}
}

// rings returns a channel that the next ring closes.
func (b *Bell) rings() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.c == nil {
		b.c = make(chan struct{})
	}
	return b.c
}
