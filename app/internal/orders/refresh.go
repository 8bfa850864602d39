package orders

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"

	"handover/backend/api"
)

// Order returns the cached order, without waiting for the network. It asks the
// server only for an order that is not cached. offline is set while the server
// does not answer.
func (m *Mirror) Order(ctx context.Context, id string) (o api.Order, asOf time.Time, offline bool, err error) {
	if _, err := m.session.Client(); err != nil {
		return o, asOf, false, err
	}
	o, found, err := m.drafts.CachedOrder(id)
	if err != nil {
		return o, asOf, false, err
	}
	if !found {
		m.refreshes.report(id) // what follows is the answer
		return m.Refresh(ctx, id)
	}
	_, online := m.session.Current()
	return o, o.ServerTime, !online, nil
}

// Live reports whether the known orders follow the server's events.
func (m *Mirror) Live() bool {
	_, online := m.session.Current()
	return online && m.options.Background && m.list.Current()
}

// RefreshLater asks the server for an order in the background, and reports
// change.Order if it has changed. It does nothing if the server's latest answer
// was reported since the last call, or is about to come.
func (m *Mirror) RefreshLater(id string) {
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

// refreshes are the refreshes in the background.
type refreshes struct {
	mu      sync.Mutex
	running map[string]bool // by order
	// reported holds the orders whose change was reported since RefreshLater was
	// last called for them. The caller has that answer, so it needs no refresh.
	reported map[string]bool
}

func newRefreshes() *refreshes {
	return &refreshes{running: map[string]bool{}, reported: map[string]bool{}}
}

func (r *refreshes) report(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reported[id] = true
}

// begin reports whether the order needs a refresh.
func (r *refreshes) begin(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.reported[id] || r.running[id] {
		delete(r.reported, id)
		return false
	}
	r.running[id] = true
	return true
}

func (r *refreshes) end(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, id)
}

// sameOrder compares two answers about an order, except for their times.
func sameOrder(a, b api.Order) bool {
	a.ServerTime, b.ServerTime = time.Time{}, time.Time{}
	before, errA := json.Marshal(a)
	now, errB := json.Marshal(b)
	return errA == nil && errB == nil && bytes.Equal(before, now)
}
