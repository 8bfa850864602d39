package thumbnail

import (
	"container/list"
	"sync"
)

// overhead is the memory for one entry in addition to the thumbnail's bytes. An entry
// without a thumbnail takes as much.
const overhead = 256

// memory caches the most recently used thumbnails by digest, up to a number of bytes.
type memory struct {
	mu    sync.Mutex
	limit int
	size  int
	byKey map[string]*list.Element
	order *list.List // of *kept, the last used first
}

type kept struct {
	key     string
	picture []byte
}

func newMemory(limit int) *memory {
	return &memory{limit: limit, byKey: map[string]*list.Element{}, order: list.New()}
}

func (m *memory) get(key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.byKey[key]
	if !ok {
		return nil, false
	}
	m.order.MoveToFront(e)
	return e.Value.(*kept).picture, true
}

func (m *memory) put(key string, picture []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.byKey[key]; ok {
		return
	}
	m.byKey[key] = m.order.PushFront(&kept{key, picture})
	m.size += len(picture) + overhead
	for m.size > m.limit {
		e := m.order.Back()
		old := m.order.Remove(e).(*kept)
		delete(m.byKey, old.key)
		m.size -= len(old.picture) + overhead
	}
}
