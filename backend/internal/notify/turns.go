package notify

import (
	"context"
	"slices"
	"time"

	"handover/backend/internal/store"
)

// Several servers on one store take turns: one of them sends all that a channel
// has to send, because what one receiver hears of one order has to stay in its
// order. The others wait for its end, and go on from what the store holds.

// takeTurns sends whenever it is this server's turn.
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

// turn sends until the server stops or another may have taken over, which also
// cuts what is being sent.
func (q *queue) turn(stop, cut, held context.Context) {
	stop, cancelStop := endsWith(stop, held)
	defer cancelStop()
	cut, cancelCut := endsWith(cut, held)
	defer cancelCut()
	for stop.Err() == nil {
		c, err := q.store.Outbox(stop, q.channel)
		if err == nil {
			q.load(c)
			q.run(stop, cut)
			break
		}
		if stop.Err() == nil {
			q.log.Error("the outbox was not read; trying again", "error", err)
		}
		select {
		case <-stop.Done():
		case <-time.After(afterFault):
		}
	}
	q.unload()
}

// endsWith returns a context that ends with either.
func endsWith(one, other context.Context) (context.Context, context.CancelFunc) {
	both, cancel := context.WithCancel(one)
	release := context.AfterFunc(other, cancel)
	return both, func() { release(); cancel() }
}

// unload forgets what is another server's to send from now on.
func (q *queue) unload() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running, q.lines, q.sending = false, map[string]*line{}, 0
	q.depth.Pending, q.depth.Failed = 0, 0
}

// current reports whether what is known of the outbox is not old, and refreshes
// it if it can. Otherwise nothing new is sent: the end of each sending looks
// again. A server that is alone knows all.
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

// refresh takes over what the operator has changed by way of another server. It
// does so only while nothing is being sent: what was read would not know of what
// was sent meanwhile. It reports false when it has to be tried again.
func (q *queue) refresh(ctx context.Context) bool {
	q.mu.Lock()
	busy := q.sending > 0
	q.mu.Unlock()
	if busy {
		return false
	}
	c, err := q.store.Outbox(ctx, q.channel)
	if err != nil {
		return true // at the next look
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

// renew puts the state of an entry that waits in the place of the old. It
// reports false when none such waits. The lock is held.
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
