package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"

	"handover/backend/api"
)

// LastKnown returns an order as the server last told it, without waiting for
// the network. Only an order that is not known is asked for. A desk in the
// background asks the server afterwards and tells change.Order when the answer
// differs. offline is set while the server does not answer.
func (m *Mirror) Order(ctx context.Context, id string) (o api.Order, asOf time.Time, offline bool, err error) {
	if _, _, err := m.session.Server(); err != nil {
		return o, asOf, false, err
	}
	o, found, err := m.drafts.CachedOrder(id)
	if err != nil {
		return o, asOf, false, err
	}
	if !found {
		return m.Refresh(ctx, id)
	}
	if m.options.Background {
		m.refreshLater(id)
	}
	_, online := m.session.Current()
	return o, o.ServerTime, !online, nil
}

// refreshes are the orders that the server is asked for in the background.
type refreshes struct {
	mu      *sync.Mutex
	running map[string]bool
	// told are orders of which change.Order was told since they were read last.
	// Who reads them now gets that answer, so the server is not asked again.
	told map[string]bool
}

func newRefreshes() refreshes {
	return refreshes{new(sync.Mutex), map[string]bool{}, map[string]bool{}}
}

func (r refreshes) changed(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told[id] = true
}

// begin reports whether the order has to be asked for.
func (r refreshes) begin(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told[id] || r.running[id] {
		delete(r.told, id)
		return false
	}
	r.running[id] = true
	return true
}

func (r refreshes) end(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, id)
}

func (m *Mirror) refreshLater(id string) {
	if m.ctx.Err() != nil || !m.refreshes.begin(id) {
		return
	}
	m.running.Go(func() {
		_, _, _, err := m.Refresh(m.ctx, id)
		m.refreshes.end(id)
		if err != nil && m.ctx.Err() == nil {
			m.options.Log.Info("an order could not be refreshed", "order", id, "error", err)
		}
	})
}

// sameOrder compares two answers about an order but for when they were given.
func sameOrder(a, b api.Order) bool {
	a.ServerTime, b.ServerTime = time.Time{}, time.Time{}
	before, errA := json.Marshal(a)
	now, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(before, now)
}
