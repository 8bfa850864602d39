package app

import (
	"sync"

	"handover/app/internal/change"
)

// changes gathers what has changed since it was last taken, each thing once.
type changes struct {
	mu   *sync.Mutex
	seen map[change.Change]bool
	some chan struct{} // holds a token while something is there
}

func newChanges() changes {
	return changes{new(sync.Mutex), map[change.Change]bool{}, make(chan struct{}, 1)}
}

func (c changes) note(change change.Change) {
	c.mu.Lock()
	c.seen[change] = true
	c.mu.Unlock()
	select {
	case c.some <- struct{}{}:
	default:
	}
}

func (c changes) take() []change.Change {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]change.Change, 0, len(c.seen))
	for change := range c.seen {
		list = append(list, change)
	}
	clear(c.seen)
	return list
}
