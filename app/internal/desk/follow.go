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
func (d *Desk) beginList(s Session) error {
	after, err := d.drafts.Followed(s.account())
	if err != nil {
		return err
	}
	unread, err := d.drafts.Unread()
	if err != nil {
		return err
	}
	drafts, err := d.HasDraft()
	if err != nil {
		return err
	}
	d.list.Reset(unread, drafts)
	d.events.Reset(after)
	return nil
}

func (s Session) account() string {
	if s.Account != "" {
		return s.Account
	}
	return s.Server + " " + s.Email // from before it was kept
}

// startFollowing listens to the server until stopFollowing.
func (d *Desk) startFollowing() {
	client, _, err := d.server()
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(d.ctx)
	done := make(chan struct{})
	d.mu.Lock()
	d.follow, d.followDone = cancel, done
	account := d.session.account()
	d.mu.Unlock()
	d.running.Go(func() {
		defer close(done)
		// While the window still starts; the server's list comes after it.
		if _, err := d.fillFromCache(); err != nil {
			d.options.Log.Warn("the orders that were known cannot be read", "error", err)
		}
		var taking sync.WaitGroup
		taking.Go(func() { d.applyEvents(ctx, account) })
		d.followServer(ctx, client)
		taking.Wait()
	})
}

func (d *Desk) stopFollowing() {
	d.mu.Lock()
	cancel, done := d.follow, d.followDone
	d.follow = nil
	d.mu.Unlock()
	if cancel != nil {
		cancel()
		<-done
	}
}

// followServer passes the server's events on, and comes back after a broken
// connection, or the next time, without missing one.
func (d *Desk) followServer(ctx context.Context, client *api.Client) {
	last, failures, first := d.events.Start(), 0, true
	for ctx.Err() == nil {
		ready := false
		stream, stop := d.untilMoved(ctx)
		err := client.Events(stream, last, func(id string) {
			failures, ready = 0, true
			d.noteAnswer(nil)
			d.queue.Retry()
			// What time did to the orders while nobody listened is in the list.
			d.events.Connected(id, first)
			first, last = false, id
		}, func(id string, e order.Event) {
			last = id
			if d.options.Happened != nil {
				d.options.Happened(e)
			}
			d.tell(change.Order, e.Order)
			d.events.Add(id, e)
		})
		moved := stop()
		if ready && d.list.Current() {
			d.noteAsOf()
		}
		if ctx.Err() != nil {
			return
		}
		if moved {
			d.lookNow(ctx, client)
			failures = 0
			continue
		}
		d.noteAnswer(err)
		if !errors.Is(err, api.ErrUnreachable) {
			d.options.Log.Warn("the server's events cannot be followed", "error", err)
		}
		wait := time.NewTimer(max(pause(failures), waitOf(err)))
		failures++
		select {
		case <-wait.C:
		case <-d.look:
			d.lookNow(ctx, client)
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
func (d *Desk) noteAsOf() {
	if err := d.drafts.NoteAsOf(time.Now().UTC()); err != nil {
		d.options.Log.Warn("it could not be stored how old the orders are", "error", err)
	}
}

// askAgain is how long to wait before the server is asked again for what it
// did not tell, or told otherwise than this computer's clock expected.
const askAgain = 30 * time.Second

// applyEvents keeps the list as the events say until the context ends.
func (d *Desk) applyEvents(ctx context.Context, account string) {
	timer := time.NewTimer(askAgain)
	defer timer.Stop()
	for {
		select {
		case <-d.events.Ready:
		case <-timer.C:
			passed, _ := d.list.Overdue(time.Now())
			d.events.Retry(passed, false)
		case <-ctx.Done():
			return
		}
		wait := askAgain
		if err := d.applyBatch(ctx, account); err != nil && ctx.Err() == nil {
			d.options.Log.Info("the list of orders could not be kept up to date", "error", err)
		} else if passed, next := d.list.Overdue(time.Now()); len(passed) == 0 && !next.IsZero() {
			wait = max(time.Until(next), 0) + time.Millisecond
		}
		timer.Reset(wait)
	}
}

// fewOrders is how many are asked for one by one; for more the list is cheaper.
const fewOrders = 40

// applyBatch takes in what has happened.
func (d *Desk) applyBatch(ctx context.Context, account string) error {
	b := d.events.Take()
	if b.Last != "" {
		if err := d.drafts.Follow(draft.Follower{Account: account, After: b.Last}, b.Unread); err != nil {
			d.events.PutBack(b)
			return err
		}
		d.list.AddUnread(b.Unread)
	}
	err := d.refresh(ctx, b)
	if err != nil {
		d.events.Retry(slices.Collect(maps.Keys(b.Changed)), b.All)
		d.list.Refuse(err)
	}
	if b.All || len(b.Changed) > 0 {
		d.tell(change.Orders, "")
	}
	return err
}

// refresh asks the server for the orders to which something happened.
func (d *Desk) refresh(ctx context.Context, b orders.Batch) error {
	if b.All || len(b.Changed) > fewOrders {
		_, err := d.fetchOrders(ctx)
		return err
	}
	for id := range b.Changed {
		o, err := d.deal(func(c *api.Client) (api.Order, error) { return c.Order(ctx, id) })
		var problem *api.Problem
		if errors.As(err, &problem) && problem.Code == string(order.NotFound) {
			_, err = d.fetchOrders(ctx) // it is no longer ours
			return err
		}
		if err != nil {
			return err
		}
		d.sizes.addOrder(o)
	}
	return nil
}

// openOrders returns the orders that can be delivered.
func (d *Desk) openOrders(ctx context.Context) ([]orders.Summary, error) {
	if open, current := d.list.Deliverable(); current && d.options.Background {
		return open, nil
	}
	all, err := d.Orders(ctx)
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
