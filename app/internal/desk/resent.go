package desk

import (
	"maps"
	"slices"
	"sync"

	"handover/app/internal/transfer"
)

// resent are the files that were sent again, because they had changed since
// they were uploaded, by order.
type resent struct {
	mu    *sync.Mutex
	paths map[string]map[string]bool
}

func newResent() resent { return resent{new(sync.Mutex), map[string]map[string]bool{}} }

func (r resent) add(item transfer.Item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.paths[item.Group] == nil {
		r.paths[item.Group] = map[string]bool{}
	}
	r.paths[item.Group][item.Name] = true
}

// take returns the paths of the order's files and forgets them.
func (r resent) take(order string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	paths := slices.Sorted(maps.Keys(r.paths[order]))
	delete(r.paths, order)
	return paths
}

// Resent returns the paths of the order's files that were sent again since
// Deliver or DeliverWhenReady was called, because they had changed since they
// were uploaded. It returns them once.
func (u *Uploader) Resent(id string) []string { return u.resent.take(id) }
