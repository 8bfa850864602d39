package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// resend sends one entry or all now: failed entries, as if they were new, and entries
// that wait for their next attempt.
func (q *queue) resend(ctx context.Context, id string) (n int, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.off {
		return 0, &order.Error{Code: order.Conflict, Message: "the server runs without " + q.channel + "; start it with its address first"}
	}
	c, err := q.store.Outbox(ctx, q.channel)
	if err != nil {
		return 0, err
	}
	for _, e := range c.Entries {
		if (id != "" && e.ID != id) || (e.NextAt.IsZero() && !e.Failed()) {
			continue
		}
		was := e
		if e.NextAt = (time.Time{}); e.Failed() {
			e.FailedAt, e.Attempts, e.Since = time.Time{}, 0, q.now()
		} else if q.beingSent(e) {
			continue
		}
		err := q.store.SaveEntry(ctx, q.channel, e)
		if errors.Is(err, &order.Error{Code: order.NotFound}) {
			continue // another server has just sent it
		}
		if err != nil {
			return n, fmt.Errorf("send %s again: %w", e.ID, err)
		}
		n++
		if q.running {
			q.replace(was, e)
		}
	}
	if id != "" && n == 0 {
		return 0, &order.Error{Code: order.NotFound, Message: "nothing with the ID " + strconv.Quote(id) + " waits or has failed"}
	}
	q.look()
	return n, nil
}

// beingSent reports whether an entry is in progress. The caller holds the lock.
func (q *queue) beingSent(e store.Entry) bool {
	l := q.lines[lineOf(e)]
	return l != nil && l.busy == e.Seq
}

// replace replaces an entry's old state by the new one. The caller holds the lock.
func (q *queue) replace(was, is store.Entry) {
	if was.Failed() {
		q.depth.Failed--
		q.add(is)
		return
	}
	l := q.lines[lineOf(is)]
	at := slices.IndexFunc(l.entries, func(other store.Entry) bool { return other.Seq == is.Seq })
	l.entries[at] = is
}

// look wakes run.
func (q *queue) look() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}
