package desk

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
	"handover/app/internal/orders"
	"handover/backend/api"
	"handover/backend/order"
)

// beginList begins the list of a session anew.
func (m *Mirror) BeginList(s session.Info) error {
	after, err := m.drafts.Followed(s.account())
	if err != nil {
		return err
	}
	unread, err := m.drafts.Unread()
	if err != nil {
		return err
	}
	drafts, err := m.DESK.HasDraft()
	if err != nil {
		return err
	}
	m.list.Reset(unread, drafts)
	m.events.Reset(after)
	return nil
}

func (s session.Info) account() string {
	if s.Account != "" {
		return s.Account
	}
	return s.Server + " " + s.Email // from before it was kept
}

// startFollowing listens to the server until stopFollowing.
func (m *Mirror) Follow() {
	client, _, err := m.session.Server()
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(m.ctx)
	done := make(chan struct{})
	m.mu.Lock()
	m.stop, m.stopped = cancel, done
	account := m.session.info/*F*/.account()
	m.mu.Unlock()
	m.running.Go(func() {
		defer close(done)
		// While the window still starts; the server's list comes after it.
		if _, err := m.fillFromCache(); err != nil {
			m.options.Log.Warn("the orders that were known cannot be read", "error", err)
		}
		var taking sync.WaitGroup
		taking.Go(func() { m.applyEvents(ctx, account) })
		m.followServer(ctx, client)
		taking.Wait()
	})
}

func (m *Mirror) Unfollow() {
	m.mu.Lock()
	cancel, done := m.stop, m.stopped
	m.stop = nil
	m.mu.Unlock()
	if cancel != nil {
		cancel()
		<-done
	}
}

// followServer passes the server's events on, and comes back after a broken
// connection, or the next time, without missing one.
func (m *Mirror) followServer(ctx context.Context, client *api.Client) {
	last, failures, first := m.events.Start(), 0, true
	for ctx.Err() == nil {
		ready := false
		stream, stop := m.session.UntilMoved(ctx)
		err := client.Events(stream, last, func(id string) {
			failures, ready = 0, true
			m.session.NoteAnswer(nil)
			m.uploads.queue/*F*/.Retry()
			// What time did to the orders while nobody listened is in the list.
			m.events.Connected(id, first)
			first, last = false, id
		}, func(id string, e order.Event) {
			last = id
			if m.options.Happened != nil {
				m.options.Happened(e)
			}
			m.bus.Tell(change.Order, e.Order)
			m.events.Add(id, e)
		})
		moved := stop()
		if ready && m.list.Current() {
			m.noteAsOf()
		}
		if ctx.Err() != nil {
			return
		}
		if moved {
			m.session.ProbeNow(ctx, client)
			failures = 0
			continue
		}
		m.session.NoteAnswer(err)
		if !errors.Is(err, api.ErrUnreachable) {
			m.options.Log.Warn("the server's events cannot be followed", "error", err)
		}
		wait := time.NewTimer(max(pause(failures), session.Wait(err)))
		failures++
		select {
		case <-wait.C:
		case <-m.session.probe/*F*/:
			m.session.ProbeNow(ctx, client)
			failures = 0
		case <-ctx.Done():
		}
		wait.Stop()
	}
}

// pause returns how long to wait after so many failures: up to 15 s, and not the
// same for all windows that lost one server at the same moment.
func pause(failures int) time.Duration {
	longest := min(15*time.Second, 500*time.Millisecond<<min(failures, 5))
	return longest/2 + rand.N(longest/2)
}

// noteAsOf notes that what is known of the orders was true until now.
func (m *Mirror) noteAsOf() {
	if err := m.drafts.NoteAsOf(time.Now().UTC()); err != nil {
		m.options.Log.Warn("it could not be stored how old the orders are", "error", err)
	}
}

// askAgain is how long to wait before the server is asked again for what it
// did not tell, or told otherwise than this computer's clock expected.
const askAgain = 30 * time.Second

// applyEvents keeps the list as the events say until the context ends.
func (m *Mirror) applyEvents(ctx context.Context, account string) {
	timer := time.NewTimer(askAgain)
	defer timer.Stop()
	for {
		select {
		case <-m.events.Ready:
		case <-timer.C:
			passed, _ := m.list.Overdue(time.Now())
			m.events.Retry(passed, false)
		case <-ctx.Done():
			return
		}
		wait := askAgain
		if err := m.applyBatch(ctx, account); err != nil && ctx.Err() == nil {
			m.options.Log.Info("the list of orders could not be kept up to date", "error", err)
		} else if passed, next := m.list.Overdue(time.Now()); len(passed) == 0 && !next.IsZero() {
			wait = max(time.Until(next), 0) + time.Millisecond
		}
		timer.Reset(wait)
	}
}

// fewOrders is how many are asked for one by one; for more the list is cheaper.
const fewOrders = 40

// applyBatch takes in what has happened.
func (m *Mirror) applyBatch(ctx context.Context, account string) error {
	b := m.events.Take()
	if b.Last != "" {
		if err := m.drafts.Follow(draft.Follower{Account: account, After: b.Last}, b.Unread); err != nil {
			m.events.PutBack(b)
			return err
		}
		m.list.AddUnread(b.Unread)
	}
	err := m.refresh(ctx, b)
	if err != nil {
		m.events.Retry(slices.Collect(maps.Keys(b.Changed)), b.All)
		m.list.Refuse(err)
	}
	if b.All || len(b.Changed) > 0 {
		m.bus.Tell(change.Orders, "")
	}
	return err
}

// refresh asks the server for the orders to which something happened.
func (m *Mirror) refresh(ctx context.Context, b orders.Batch) error {
	if b.All || len(b.Changed) > fewOrders {
		_, err := m.Fetch(ctx)
		return err
	}
	for id := range b.Changed {
		o, err := m.deal(func(c *api.Client) (api.Order, error) { return c.Order(ctx, id) })
		var problem *api.Problem
		if errors.As(err, &problem) && problem.Code == string(order.NotFound) {
			_, err = m.Fetch(ctx) // it is no longer ours
			return err
		}
		if err != nil {
			return err
		}
		m.uploads.sizes/*F*/.addOrder(o)
	}
	return nil
}

// openOrders returns the orders that can be delivered.
func (m *Mirror) Open(ctx context.Context) ([]orders.Summary, error) {
	if open, current := m.list.Deliverable(); current && m.options.Background {
		return open, nil
	}
	all, err := m.All(ctx)
	if err != nil {
		return nil, err
	}
	var open []orders.Summary
	for _, o := range all.Orders {
		if slices.Contains(o.Allowed, order.Deliver) {
			open = append(open, orders.SummaryOf(o))
		}
	}
	return open, nil
}
