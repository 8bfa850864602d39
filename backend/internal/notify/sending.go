package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"handover/backend/internal/store"
)

// dispatch starts due messages and returns the time until the next is due.
func (q *queue) dispatch(start func(name string, e store.Entry)) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	wait := lookAgain
	for name, l := range q.lines {
		if q.sending == parallel { // the end of each message wakes run
			return lookAgain
		}
		if l.busy != 0 {
			continue
		}
		head := l.entries[0]
		left := head.NextAt.Sub(q.now())
		if left > 2*lastRetry { // the clock was set back
			left = 0
		}
		if left > 0 {
			wait = min(wait, left)
			continue
		}
		l.busy = head.Seq
		q.sending++
		start(name, head)
	}
	return wait
}

// deliver sends one entry and records the result.
func (q *queue) deliver(stop, cut context.Context, name string, e store.Entry) {
	err := q.attempt(stop, cut, e)
	if err != nil && cut.Err() != nil || errors.Is(err, store.ErrUnavailable) {
		return // interrupted by the end of the server: does not count as an attempt
	}
	after := q.outcome(e, err)
	for q.record(cut, after, err == nil) != nil {
		// Sent, but not recorded. Sending it again would not help.
		select {
		case <-stop.Done():
			return
		case <-time.After(afterFault):
		}
	}
	q.advance(name, after, err == nil)
	q.look()
}

// attempt sends the entry. If the store does not answer, attempt tries again until
// stop ends, because this is not a failure of the receiver.
func (q *queue) attempt(stop, cut context.Context, e store.Entry) error {
	for {
		err := q.send(cut, e)
		if !errors.Is(err, store.ErrUnavailable) {
			return err
		}
		q.log.Error("message could not be loaded; trying again", "id", e.ID, "error", err)
		select {
		case <-stop.Done():
			return err
		case <-time.After(afterFault):
		}
	}
}

func (q *queue) send(ctx context.Context, e store.Entry) error {
	events, err := q.store.Events(ctx, store.EventQuery{After: e.Seq - 1, OrderID: e.Order, Limit: 1})
	if err != nil {
		return err
	}
	if len(events) == 0 || events[0].Seq != e.Seq {
		return permanentError{fmt.Errorf("event %d of order %s is not in the log", e.Seq, e.Order)}
	}
	return q.sender.send(ctx, events[0], e)
}

// outcome returns the entry after an attempt.
func (q *queue) outcome(e store.Entry, err error) store.Entry {
	e.Attempts++
	e.NextAt, e.LastError = time.Time{}, ""
	if err == nil {
		return e
	}
	e.LastError = reason(err)
	now, end := q.now(), e.Since.Add(giveUp)
	if permanent(err) || !now.Before(end) {
		e.FailedAt = now
		q.log.Error("message failed for good", "id", e.ID, "order", e.Order, "event", e.Type, "attempts", e.Attempts, "error", e.LastError)
		return e
	}
	e.NextAt = now.Add(max(backoff(e.Attempts), askedToWait(err)))
	if e.NextAt.After(end) {
		e.NextAt = end
	}
	if e.Attempts == 1 {
		q.log.Warn("message was not sent; trying again", "id", e.ID, "order", e.Order, "event", e.Type, "error", e.LastError)
	}
	return e
}

func (q *queue) record(ctx context.Context, e store.Entry, sent bool) (err error) {
	ctx = context.WithoutCancel(ctx) // sent messages are recorded, even at the end
	if sent {
		err = q.store.DropEntry(ctx, q.channel, e)
	} else {
		err = q.store.SaveEntry(ctx, q.channel, e)
	}
	if err != nil {
		q.log.Error("result could not be recorded; trying again", "id", e.ID, "error", err)
	}
	return err
}

// advance updates the entry in its line.
func (q *queue) advance(name string, e store.Entry, sent bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sending--
	l := q.lines[name]
	l.busy = 0
	at := slices.IndexFunc(l.entries, func(other store.Entry) bool { return other.Seq == e.Seq })
	switch {
	case sent:
		q.depth.Sent++
	case e.Failed():
		q.depth.Faults++
		q.depth.Failed++
	default:
		q.depth.Faults++
		l.entries[at] = e
		return
	}
	q.depth.Pending--
	if l.entries = slices.Delete(l.entries, at, at+1); len(l.entries) == 0 {
		delete(q.lines, name)
	}
}
