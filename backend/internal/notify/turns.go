package notify

import (
	"context"
	"slices"
	"time"

	"handover/backend/internal/store"
)

// Several servers on one store take turns: one server sends all messages of a
// channel, because messages to one receiver about one order must stay in sequence.
// The other servers wait for its end, and continue with the state in the store.

// takeTurns sends during this server's turns.
func (q *queue) takeTurns(stop, cut context.Context) {
	for stop.Err() == nil {
		held, release, err := q.alone(stop, "outbox "+q.channel)
		if err != nil {
			return // stop has ended
		}
		q.turn(stop, cut, held)
		release()
	}
}

// turn sends until the server stops or another server may have taken over, which also
// interrupts messages in progress.
func (q *queue) turn(stop, cut, held context.Context) {
	stop, cancelStop := endsWith(stop, held)
	defer cancelStop()
	cut, cancelCut := endsWith(cut, held)
	defer cancelCut()
	defer q.unload()
	c, ok := q.readOutbox(stop)
	if !ok {
		return
	}
	q.load(c)
	q.run(stop, cut)
}

// readOutbox reads the outbox, trying again after errors. It returns false when stop
// has ended.
func (q *queue) readOutbox(stop context.Context) (store.Channel, bool) {
	for {
		c, err := q.store.Outbox(stop, q.channel)
		if stop.Err() != nil || err == nil {
			return c, stop.Err() == nil
		}
		q.log.Error("outbox could not be read; trying again", "error", err)
		select {
		case <-stop.Done():
			return c, false
		case <-time.After(afterFault):
		}
	}
}

// endsWith returns a context that ends when either ends.
func endsWith(one, other context.Context) (context.Context, context.CancelFunc) {
	both, cancel := context.WithCancel(one)
	release := context.AfterFunc(other, cancel)
	return both, func() { release(); cancel() }
}

// unload clears the queue, because another server sends its messages from now on.
func (q *queue) unload() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running, q.lines, q.sending = false, map[string]*line{}, 0
	q.depth.Pending, q.depth.Failed = 0, 0
}

// current reports whether the queue is up to date, after refreshing it if possible.
// If not, dispatch starts no message; the end of each message wakes run again. A
// single server is always up to date.
func (q *queue) current(ctx context.Context, refreshed *time.Time) bool {
	if q.alone == nil || time.Since(*refreshed) < lookAgain {
		return true
	}
	if !q.refresh(ctx) {
		return false
	}
	*refreshed = time.Now()
	return true
}

// refresh loads changes that the operator made through another server. It does so
// only while no message is in progress, because the loaded state could lack messages
// sent since it was read. It returns false when the caller must try again.
func (q *queue) refresh(ctx context.Context) bool {
	q.mu.Lock()
	busy := q.sending > 0
	q.mu.Unlock()
	if busy {
		return false
	}
	c, err := q.store.Outbox(ctx, q.channel)
	if err != nil {
		return true // tries again when run wakes next
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.depth.Failed = 0
	for _, e := range c.Entries {
		if !e.Failed() && q.renew(e) {
			continue
		}
		q.add(e)
	}
	return true
}

// renew replaces the state of a waiting entry. It returns false for an unknown entry.
// The caller holds the lock.
func (q *queue) renew(e store.Entry) bool {
	l := q.lines[lineOf(e)]
	if l == nil {
		return false
	}
	at := slices.IndexFunc(l.entries, func(other store.Entry) bool { return other.Seq == e.Seq })
	if at >= 0 {
		l.entries[at] = e
	}
	return at >= 0
}
