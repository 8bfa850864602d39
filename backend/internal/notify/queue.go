package notify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// sender sends the messages of one channel.
type sender interface {
	// receivers returns the receivers of an event. Each gets its own message.
	receivers(e order.Event) []order.Party
	// send sends the message of an entry to its receiver. A repeated call for
	// the same entry uses the same ID.
	send(ctx context.Context, e order.Event, entry store.Entry) error
	// close closes idle connections.
	close()
}

const (
	// batch bounds how many events one transaction copies.
	batch = 200
	// parallel bounds how many messages are sent at once.
	parallel = 4
	// lookAgain bounds a sleep, because timers do not notice a change of the wall clock.
	lookAgain = 30 * time.Second
	// afterFault is the wait after an error of the store.
	afterFault = time.Second
)

// queue sends the messages of one channel. Its memory mirrors the store: changes are
// stored first, and the queue loads the store at the start.
type queue struct {
	channel string
	sender  sender // nil for a channel that is not configured
	store   Store
	now     func() time.Time
	log     *slog.Logger
	wake    chan struct{} // buffered signal, capacity 1
	// alone is that of [Config].
	alone func(context.Context, string) (context.Context, func(), error)

	mu      sync.Mutex
	off     bool // the server runs without this channel
	running bool
	cursor  uint64
	lines   map[string]*line
	sending int
	depth   Depth
}

// line has the messages to one receiver about one order, oldest first. Only the first
// entry is sent; the others wait for it.
type line struct {
	entries []store.Entry
	busy    uint64 // Seq of the entry in progress, 0 for none
}

// lineOf names the line of an entry.
func lineOf(e store.Entry) string { return e.Order + "/" + string(e.To) }

func newQueue(channel string, s sender, c Config) *queue {
	return &queue{
		channel: channel, sender: s, store: c.Store, now: c.Now, log: c.Log.With("channel", channel),
		wake: make(chan struct{}, 1), alone: c.Alone, lines: map[string]*line{}, depth: Depth{Channel: channel},
	}
}

// open reads the outbox. A channel that was off begins with the next event, because
// earlier events are old news.
func (q *queue) open(ctx context.Context) error {
	// Before the channel's state: when two servers switch it on at once, neither
	// skips events after the other has done so.
	newest, err := q.store.LastSeq(ctx)
	if err != nil {
		return fmt.Errorf("read the log of events: %w", err)
	}
	c, err := q.store.Outbox(ctx, q.channel)
	if err != nil {
		return fmt.Errorf("read the outbox: %w", err)
	}
	if q.sender == nil {
		return q.switchOff(ctx, c)
	}
	if !c.On {
		c.Cursor = newest
		if err := q.store.TakeOver(ctx, q.channel, c.Cursor, nil); err != nil {
			return fmt.Errorf("switch %s on: %w", q.channel, err)
		}
	}
	if q.alone == nil {
		q.load(c)
	}
	return nil
}

// load replaces the state by that of the outbox.
func (q *queue) load(c store.Channel) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running, q.cursor, q.lines = true, c.Cursor, map[string]*line{}
	q.depth.Pending, q.depth.Failed = 0, 0
	for _, e := range c.Entries {
		q.add(e)
	}
}

// switchOff marks waiting messages as failed, because they will be old when the
// channel is configured again. The operator can still send them.
func (q *queue) switchOff(ctx context.Context, c store.Channel) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.off = true
	for _, e := range c.Entries {
		if !e.Failed() {
			e.FailedAt, e.LastError = q.now(), q.channel+" was switched off"
			if err := q.store.SaveEntry(ctx, q.channel, e); err != nil {
				return err
			}
		}
		q.depth.Failed++
	}
	if !c.On {
		return nil
	}
	return q.store.SwitchOff(ctx, q.channel)
}

// add adds an entry of the store to its line. The caller holds the lock.
func (q *queue) add(e store.Entry) {
	if e.Failed() {
		q.depth.Failed++
		return
	}
	q.depth.Pending++
	name := lineOf(e)
	l := q.lines[name]
	if l == nil {
		l = &line{}
		q.lines[name] = l
	}
	at, _ := slices.BinarySearchFunc(l.entries, e.Seq, func(e store.Entry, seq uint64) int { return cmp.Compare(e.Seq, seq) })
	l.entries = slices.Insert(l.entries, at, e)
}

// run sends until stop ends. Messages in progress may end until cut ends.
func (q *queue) run(stop, cut context.Context) {
	var sending sync.WaitGroup
	defer sending.Wait()
	refreshed := time.Now()
	for stop.Err() == nil {
		changed := q.store.Changed() // before reading, so that run misses no event
		wait := lookAgain
		if err := q.takeOver(stop); err != nil && stop.Err() == nil {
			q.log.Error("event log could not be read; trying again", "error", err)
			wait = afterFault
		}
		if q.current(stop, &refreshed) {
			wait = min(wait, q.dispatch(func(name string, e store.Entry) {
				sending.Go(func() { q.deliver(stop, cut, name, e) })
			}))
		}
		timer := time.NewTimer(wait)
		select {
		case <-stop.Done():
		case <-changed:
		case <-q.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// takeOver copies new events from the log to the outbox.
func (q *queue) takeOver(ctx context.Context) error {
	for {
		events, err := q.store.Events(ctx, store.EventQuery{After: q.cursor, Limit: batch})
		if err != nil || len(events) == 0 {
			return err
		}
		var entries []store.Entry
		for _, e := range events {
			for _, to := range q.sender.receivers(e) {
				entries = append(entries, store.Entry{
					Seq: e.Seq, To: to, Order: e.Order, Type: e.Type, ID: messageID(e, to), Since: q.now(),
				})
			}
		}
		last := events[len(events)-1].Seq
		if err := q.store.TakeOver(ctx, q.channel, last, entries); err != nil {
			return err
		}
		q.mu.Lock()
		q.cursor = last
		for _, e := range entries {
			q.add(e)
		}
		q.mu.Unlock()
	}
}

// messageID names the message about an event. It depends on the event and not only
// on Seq: after a restore from a backup, another event can have the same Seq, and a
// receiver must not drop it as a duplicate.
func messageID(e order.Event, to order.Party) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s/%s/%s/%d", e.Seq, e.Order, e.Type, e.By, e.At.UnixNano()))
	id := "evt_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15]))
	if to != "" {
		id += "-" + string(to)
	}
	return id
}
