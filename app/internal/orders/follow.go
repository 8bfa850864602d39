package orders

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"handover/app/internal/change"
	"handover/app/internal/draft"
	"handover/app/internal/session"
	"handover/backend/api"
	"handover/backend/order"
)

// Prepare empties the list for the next session. Its orders are filled in later.
func (m *Mirror) Prepare(s session.Info) error {
	if s.Server == "" {
		m.list.Reset(nil, nil)
		return nil
	}
	after, err := m.drafts.Followed(s.Key())
	if err != nil {
		return err
	}
	unread, err := m.drafts.Unread()
	if err != nil {
		return err
	}
	prepared, err := m.drafts.Prepared()
	if err != nil {
		return err
	}
	m.list.Reset(unread, prepared)
	m.events.Reset(after)
	return nil
}

// Follow follows the server's events until Unfollow.
func (m *Mirror) Follow() { m.follower.start() }

// Unfollow stops following, and returns once that has ended.
func (m *Mirror) Unfollow() { m.follower.stop() }

// Open returns the orders that can be delivered.
func (m *Mirror) Open(ctx context.Context) ([]Summary, error) {
	if open, current := m.list.Deliverable(); current && m.options.Background {
		return open, nil
	}
	all, err := m.All(ctx)
	if err != nil {
		return nil, err
	}
	var open []Summary
	for _, o := range all.Orders {
		if slices.Contains(o.Allowed, order.Deliver) {
			open = append(open, SummaryOf(o))
		}
	}
	return open, nil
}

// follower follows the events of one session at a time.
type follower struct {
	m       *Mirror
	mu      sync.Mutex
	cancel  context.CancelFunc // nil while none is followed
	stopped chan struct{}
}

func (f *follower) start() {
	client, err := f.m.session.Client()
	if err != nil {
		return
	}
	info, _ := f.m.session.Current()
	ctx, cancel := context.WithCancel(f.m.ctx)
	stopped := make(chan struct{})
	f.mu.Lock()
	f.cancel, f.stopped = cancel, stopped
	f.mu.Unlock()
	f.m.running.Go(func() {
		defer close(stopped)
		// The cache is read while the window starts; the server's list follows.
		if _, err := f.m.fillFromCache(); err != nil {
			f.m.options.Log.Warn("the cached orders cannot be read", "error", err)
		}
		var applying sync.WaitGroup
		applying.Go(func() { f.applyEvents(ctx, info.Key()) })
		f.stream(ctx, client)
		applying.Wait()
	})
}

func (f *follower) stop() {
	f.mu.Lock()
	cancel, stopped := f.cancel, f.stopped
	f.cancel = nil
	f.mu.Unlock()
	if cancel != nil {
		cancel()
		<-stopped
	}
}

// stream buffers the server's events. After a broken connection, and in the next
// program, it continues after the last event.
func (f *follower) stream(ctx context.Context, client *api.Client) {
	last, failures, first := f.m.events.Start(), 0, true
	for ctx.Err() == nil {
		ready := false
		streaming, stop := f.m.session.UntilProbe(ctx)
		err := client.Events(streaming, last, func(id string) {
			failures, ready = 0, true
			f.m.session.Record(nil)
			f.m.OnConnected()
			// During an outage, time changes orders without an event. The list shows it.
			f.m.events.Connected(id, first)
			first, last = false, id
		}, func(id string, e order.Event) {
			last = id
			if f.m.options.Happened != nil {
				f.m.options.Happened(e)
			}
			f.m.bus.Tell(change.Order, e.Order)
			f.m.events.Add(id, e)
		})
		probe := stop()
		if ready && f.m.list.Current() {
			f.storeAsOf()
		}
		if ctx.Err() != nil {
			return
		}
		if probe {
			f.m.session.ProbeNow(ctx, client)
			failures = 0
			continue
		}
		f.m.session.Record(err)
		if !errors.Is(err, api.ErrUnreachable) {
			f.m.options.Log.Warn("the server's events cannot be followed", "error", err)
		}
		wait := time.NewTimer(max(pause(failures), session.Wait(err)))
		failures++
		select {
		case <-wait.C:
		case <-f.m.session.Probes:
			f.m.session.ProbeNow(ctx, client)
			failures = 0
		case <-ctx.Done():
		}
		wait.Stop()
	}
}

// pause returns how long to wait after a number of failures: up to 15 s, at random,
// so that the windows that lost a server do not all return at the same moment.
func pause(failures int) time.Duration {
	longest := min(15*time.Second, 500*time.Millisecond<<min(failures, 5))
	return longest/2 + rand.N(longest/2)
}

// storeAsOf stores that the known orders were current until now.
func (f *follower) storeAsOf() {
	if err := f.m.drafts.NoteAsOf(time.Now().UTC()); err != nil {
		f.m.options.Log.Warn("the age of the orders was not stored", "error", err)
	}
}

// retryAfter is the pause after a failed refresh, and after a refresh that contradicts
// this computer's clock.
const retryAfter = 30 * time.Second

// applyEvents applies events to the list until the context ends.
func (f *follower) applyEvents(ctx context.Context, account string) {
	timer := time.NewTimer(retryAfter)
	defer timer.Stop()
	for {
		select {
		case <-f.m.events.Ready:
		case <-timer.C:
			passed, _ := f.m.list.Overdue(time.Now())
			f.m.events.Retry(passed, false)
		case <-ctx.Done():
			return
		}
		wait := retryAfter
		if err := f.applyBatch(ctx, account); err != nil && ctx.Err() == nil {
			f.m.options.Log.Info("the list of orders could not be kept up to date", "error", err)
		} else if passed, next := f.m.list.Overdue(time.Now()); len(passed) == 0 && !next.IsZero() {
			wait = max(time.Until(next), 0) + time.Millisecond
		}
		timer.Reset(wait)
	}
}

// fewOrders is the largest number of orders that are requested singly. For more, the
// whole list is cheaper.
const fewOrders = 40

// applyBatch applies the buffered events.
func (f *follower) applyBatch(ctx context.Context, account string) error {
	b := f.m.events.Take()
	if b.Last != "" {
		if err := f.m.drafts.Follow(draft.Follower{Account: account, After: b.Last}, b.Unread); err != nil {
			f.m.events.PutBack(b)
			return err
		}
		f.m.list.AddUnread(b.Unread)
	}
	err := f.refresh(ctx, b)
	if err != nil {
		f.m.events.Retry(slices.Collect(maps.Keys(b.Changed)), b.All)
		f.m.list.Refuse(err)
	}
	if b.All || len(b.Changed) > 0 {
		f.m.bus.Tell(change.Orders, "")
	}
	return err
}

// refresh asks the server for the orders that have events.
func (f *follower) refresh(ctx context.Context, b Batch) error {
	if b.All || len(b.Changed) > fewOrders {
		_, err := f.m.Fetch(ctx)
		return err
	}
	for id := range b.Changed {
		_, err := f.m.fetchOne(ctx, id)
		var problem *api.Problem
		if errors.As(err, &problem) && problem.Code == string(order.NotFound) {
			_, err = f.m.Fetch(ctx) // another seller has it now
			return err
		}
		if err != nil {
			return err
		}
	}
	return nil
}
