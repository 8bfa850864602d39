package uploads

import (
	"maps"
	"slices"
	"sync"

	"handover/app/internal/transfer"
)

// resent holds, by order, the files that were sent again because they had changed
// since their upload.
type resent struct {
	mu    sync.Mutex
	paths map[string]map[string]bool
}

func (r *resent) add(item transfer.Item) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.paths == nil {
		r.paths = map[string]map[string]bool{}
	}
	if r.paths[item.Group] == nil {
		r.paths[item.Group] = map[string]bool{}
	}
	r.paths[item.Group][item.Name] = true
}

// Resent returns the paths of the order's files that were sent again because they
// had changed since their upload, and forgets them.
func (u *Uploader) Resent(id string) []string {
	r := &u.resent
	r.mu.Lock()
	defer r.mu.Unlock()
	paths := slices.Sorted(maps.Keys(r.paths[id]))
	delete(r.paths, id)
	return paths
}
