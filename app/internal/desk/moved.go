package desk

import (
	"slices"
	"sync"
	"time"
)

// between is the least time between two notices that uploads moved on, in all:
// a screen shows ten pictures a second at most.
const between = 100 * time.Millisecond

// moved gathers the orders whose uploads moved on. The last word of each is
// always passed on, because whoever hears of it looks afterwards.
type moved struct {
	mu     *sync.Mutex
	orders *[]string
	some   chan struct{} // holds a token while something is there
}

func newMoved() moved { return moved{new(sync.Mutex), new([]string), make(chan struct{}, 1)} }

func (m moved) note(order string) {
	m.mu.Lock()
	if !slices.Contains(*m.orders, order) {
		*m.orders = append(*m.orders, order)
	}
	m.mu.Unlock()
	m.wake()
}

func (m moved) wake() {
	select {
	case m.some <- struct{}{}:
	default:
	}
}

// take returns the order that waits longest, or false.
func (m moved) take() (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(*m.orders) == 0 {
		return "", false
	}
	order := (*m.orders)[0]
	*m.orders = (*m.orders)[1:]
	if len(*m.orders) > 0 {
		m.wake()
	}
	return order, true
}

// tellSoon has a change of the order's uploads told, with others together.
func (d *Desk) tellSoon(order string) { d.moved.note(order) }

func (d *Desk) tellOfUploads() {
	for {
		select {
		case <-d.moved.some:
		case <-d.ctx.Done():
			return
		}
		if order, ok := d.moved.take(); ok {
			d.tell(DraftChanged, order)
		}
		timer := time.NewTimer(between)
		select {
		case <-timer.C:
		case <-d.ctx.Done():
			timer.Stop()
			return
		}
	}
}
