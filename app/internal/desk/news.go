package desk

import (
	"maps"
	"slices"
	"sync"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/backend/order"
)

// gathered is what the events said since it was last taken in.
type gathered struct {
	after    string                  // ID of the last event; "" for none
	happened map[string]draft.Unread // what the buyers did
	orders   map[string]bool         // to which something happened
	all      bool                    // and perhaps to any other
}

// news gathers what the events say.
type news struct {
	mu    *sync.Mutex
	now   *gathered
	start *string       // after which event to begin
	ready change.Signal // something waits
}

func newNews() news {
	return news{new(sync.Mutex), &gathered{}, new(string), change.NewSignal()}
}

func (n news) change(f func(*gathered)) {
	n.mu.Lock()
	if n.now.orders == nil {
		n.now.orders, n.now.happened = map[string]bool{}, map[string]draft.Unread{}
	}
	f(n.now)
	n.mu.Unlock()
	n.ready.Set()
}

// begin forgets what was gathered, for another session.
func (n news) begin(after string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	*n.now, *n.start = gathered{}, after
}

func (n news) last() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return *n.start
}

// began notes that events are followed from the one with the ID on.
func (n news) began(id string, all bool) {
	n.change(func(g *gathered) { g.after, g.all = id, g.all || all })
}

// add notes an event.
func (n news) add(id string, e order.Event) {
	n.change(func(g *gathered) {
		g.after, g.orders[e.Order] = id, true
		if e.By != order.Buyer || order.Quiet([]order.Event{e}) {
			return // nothing that the seller has to read
		}
		u := g.happened[e.Order]
		if e.Type == order.MessageWritten {
			u.Messages++
		} else {
			u.Other++
		}
		g.happened[e.Order] = u
	})
}

// again notes orders whose state is not known.
func (n news) again(orders []string, all bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.now.orders == nil {
		n.now.orders, n.now.happened = map[string]bool{}, map[string]draft.Unread{}
	}
	for _, id := range orders {
		n.now.orders[id] = true
	}
	n.now.all = n.now.all || all
}

// putBack undoes take.
func (n news) putBack(before gathered) {
	n.again(slices.Collect(maps.Keys(before.orders)), before.all)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.now.after == "" {
		n.now.after = before.after
	}
	for id, more := range before.happened {
		u := n.now.happened[id]
		n.now.happened[id] = draft.Unread{Messages: u.Messages + more.Messages, Other: u.Other + more.Other}
	}
}

func (n news) take() gathered {
	n.mu.Lock()
	defer n.mu.Unlock()
	g := *n.now
	*n.now = gathered{}
	return g
}
