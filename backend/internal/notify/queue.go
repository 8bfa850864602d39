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

// sender is one way to tell somebody: by mail, by webhook.
type sender interface {
	// receivers says whom an event is for; each is told on its own.
	receivers(e order.Event) []order.Party
	// send tells the receiver of the entry. It may be called again for one
	// that was sent already, and then uses the same ID.
	send(ctx context.Context, e order.Event, entry store.Entry) error
	// close ends what is kept open for the next call.
	close()
}

const (
	// batch bounds how many events one transaction takes over.
	batch = 200
	// parallel bounds how much is sent at once.
	parallel = 4
	// lookAgain bounds a sleep: timers do not see that the wall clock was set.
	lookAgain = 30 * time.Second
	// afterFault is the wait after the store failed.
	afterFault = time.Second
)

// queue sends what one channel has to send. What it holds in memory is what
// the store holds: it is written there first, and read from there at the start.
type queue struct {
	channel string
	sender  sender // nil for a channel that is not configured
	store   Store
	now     func() time.Time
	log     *slog.Logger
	wake    chan struct{} // holds one when there may be something to do
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

// line is what one receiver is to hear of one order, oldest first. Only its
// first entry is sent, so that the others wait for it.
type line struct {
	entries []store.Entry
	busy    uint64 // Seq of the entry that is being sent, 0 for none
}

// lineOf names the line of an entry.
func lineOf(e store.Entry) string { return e.Order + "/" + string(e.To) }

func newQueue(channel string, s sender, c Config) *queue {
	return &queue{
		channel: channel, sender: s, store: c.Store, now: c.Now, log: c.Log.With("channel", channel),
		wake: make(chan struct{}, 1), alone: c.Alone, lines: map[string]*line{}, depth: Depth{Channel: channel},
	}
}

// open reads the outbox. A channel that was off begins with the next event: what
// happened before nobody wants to hear now.
func (q *queue) open(ctx context.Context) error {
	// Before the channel's state: of two servers that switch it on at once,
	// none skips what happens after the other has.
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

// load takes the state of the outbox over.
func (q *queue) load(c store.Channel) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running, q.cursor, q.lines = true, c.Cursor, map[string]*line{}
	q.depth.Pending, q.depth.Failed = 0, 0
	for _, e := range c.Entries {
		q.add(e)
	}
}

// switchOff gives up what still waits: when the channel is configured again,
// that is old. The operator can send it nonetheless.
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

// add puts an entry of the store into its line. The lock is held.
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

// run sends until stop ends. What is being sent then may end until cut does.
func (q *queue) run(stop, cut context.Context) {
	var sending sync.WaitGroup
	defer sending.Wait()
	refreshed := time.Now()
	for stop.Err() == nil {
		changed := q.store.Changed() // before reading, so that no event is missed
		wait := lookAgain
		if err := q.takeOver(stop); err != nil && stop.Err() == nil {
			q.log.Error("the log of events was not read; trying again", "error", err)
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

// takeOver moves everything new in the log into the outbox.
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

// messageID names the message about an event. It comes from what happened and
// not from Seq alone: after a backup was restored, the same Seq can be another
// event, which a receiver must not take for a double.
func messageID(e order.Event, to order.Party) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s/%s/%s/%d", e.Seq, e.Order, e.Type, e.By, e.At.UnixNano()))
	id := "evt_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15]))
	if to != "" {
		id += "-" + string(to)
	}
	return id
}
