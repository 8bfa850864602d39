package orders

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"handover/app/internal/draft"
	"handover/backend/api"
	"handover/backend/order"
)

// Page is one part of the list: the orders that are new or changed since an
// earlier part.
type Page struct {
	Orders  []Summary
	Removed []string // IDs of orders that left the list
	// Reset is set if the caller must forget all earlier parts.
	Reset  bool
	Cursor uint64 // continues after this part
	More   bool   // the next part is ready
	AsOf   time.Time
	// Offline is set while the server does not answer.
	Offline bool
}

// List is the list of orders. Each change of an order gives it a higher cursor,
// so the orders above a cursor are the difference to what a caller knows. The
// zero value is an empty list of no session.
type List struct {
	mu      sync.Mutex
	rows    map[string]*row // nil until the list is filled
	removed map[string]uint64
	unread  map[string]draft.Unread // nil while no one is signed in
	drafts  map[string]bool
	cursor  uint64
	base    uint64 // the cursor of the last reset
	current bool   // the server has sent the list since the reset
	refusal error  // why the server did not send it
}

type row struct {
	Summary
	cursor uint64
}

// Reset empties the list for another session.
func (l *List) Reset(unread map[string]draft.Unread, drafts map[string]bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows, l.removed, l.unread, l.drafts, l.current, l.refusal = nil, nil, unread, drafts, false, nil
	l.cursor++
	l.base = l.cursor
}

// Filled reports whether the list has been filled, from the cache or by the
// server.
func (l *List) Filled() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rows != nil
}

// Current reports whether the server has sent the list in this session.
func (l *List) Current() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current
}

// Refusal returns why the server last refused to send the list; nil if it did not.
func (l *List) Refusal() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refusal
}

// Refuse records why the server did not send the list.
func (l *List) Refuse(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refusal = err
}

// FillFromCache fills an empty list. If the server was faster, the cached orders
// are ignored.
func (l *List) FillFromCache(orders []api.Order) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rows == nil {
		l.replace(orders)
	}
}

// Replace makes these orders the whole list, as the server sent it.
func (l *List) Replace(orders []api.Order) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current, l.refusal = true, nil
	l.replace(orders)
}

func (l *List) replace(orders []api.Order) {
	before := l.rows
	if before == nil {
		l.rows, l.removed = make(map[string]*row, len(orders)), map[string]uint64{}
	}
	sorted := make([]Summary, len(orders))
	for i, o := range orders {
		sorted[i] = SummaryOf(o)
	}
	slices.SortFunc(sorted, byUrgency)
	listed := make(map[string]bool, len(orders))
	for _, s := range sorted {
		listed[s.ID] = true
		l.put(s)
	}
	for id := range before {
		if !listed[id] {
			delete(l.rows, id)
			l.cursor++
			l.removed[id] = l.cursor
		}
	}
}

func (l *List) put(s Summary) {
	r := l.rows[s.ID]
	if r == nil {
		r = &row{}
		l.rows[s.ID] = r
		delete(l.removed, s.ID)
	}
	s.HasDraft, s.Unread = l.drafts[s.ID], l.unread[s.ID]
	if r.Summary != s {
		l.cursor++
		r.Summary, r.cursor = s, l.cursor
	}
}

// Update replaces one order, or adds it. It does nothing before the list is
// filled.
func (l *List) Update(o api.Order) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rows != nil {
		l.put(SummaryOf(o))
	}
}

// AddUnread adds events to the unread counts, by order.
func (l *List) AddUnread(more map[string]draft.Unread) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, m := range more {
		u := l.unread[id]
		l.setUnread(id, draft.Unread{Messages: u.Messages + m.Messages, Other: u.Other + m.Other})
	}
}

// SetUnread replaces the unread counts of one order.
func (l *List) SetUnread(id string, u draft.Unread) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.setUnread(id, u)
}

func (l *List) setUnread(id string, u draft.Unread) {
	if l.unread == nil {
		return
	}
	l.unread[id] = u
	if r := l.rows[id]; r != nil && r.Unread != u {
		l.cursor++
		r.Unread, r.cursor = u, l.cursor
	}
}

// After returns at most n orders above the cursor, lowest first. Cursor 0 starts
// from the beginning. drafts are the orders that have a draft now.
func (l *List) After(cursor uint64, n int, drafts map[string]bool) Page {
	l.mu.Lock()
	defer l.mu.Unlock()
	page := Page{Reset: cursor == 0 || cursor < l.base || cursor > l.cursor, Orders: []Summary{}, Removed: []string{}}
	if page.Reset {
		cursor = l.base
	}
	l.drafts = drafts
	var changed []*row
	for id, r := range l.rows {
		if r.HasDraft != drafts[id] {
			l.cursor++
			r.HasDraft, r.cursor = drafts[id], l.cursor
		}
		if r.cursor > cursor {
			changed = append(changed, r)
		}
	}
	slices.SortFunc(changed, func(a, b *row) int { return cmp.Compare(a.cursor, b.cursor) })
	page.More = len(changed) > n
	page.Cursor = l.cursor
	if page.More {
		changed = changed[:n]
		page.Cursor = changed[n-1].cursor
	}
	for _, r := range changed {
		page.Orders = append(page.Orders, r.Summary)
	}
	for id, at := range l.removed {
		if at > cursor && at <= page.Cursor && !page.Reset {
			page.Removed = append(page.Removed, id)
		}
	}
	return page
}

// IDs returns the IDs of all orders in the list.
func (l *List) IDs() map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := make(map[string]bool, len(l.rows))
	for id := range l.rows {
		ids[id] = true
	}
	return ids
}

// Deliverable returns the orders that the seller can deliver, most urgent first,
// and whether the server has sent the list in this session.
func (l *List) Deliverable() (orders []Summary, current bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for r := range maps.Values(l.rows) {
		if r.CanDeliver {
			orders = append(orders, r.Summary)
		}
	}
	slices.SortFunc(orders, byUrgency)
	return orders, l.current
}

// Overdue returns the orders whose due date has passed although the list does not
// say that they are late. next is the next due date; it may be zero.
func (l *List) Overdue(now time.Time) (ids []string, next time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, r := range l.rows {
		owed := r.Status == order.Active || r.Status == order.InRevision
		switch {
		case !owed || r.Late:
		case r.DueAt.Before(now):
			ids = append(ids, id)
		case next.IsZero() || r.DueAt.Before(next):
			next = r.DueAt
		}
	}
	return ids, next
}
