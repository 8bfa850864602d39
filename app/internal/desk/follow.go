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
	d.list.begin(unread, drafts)
	d.news.begin(after)
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
		taking.Go(func() { d.takeNews(ctx, account) })
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
	last, failures, first := d.news.last(), 0, true
	for ctx.Err() == nil {
		ready := false
		stream, stop := d.untilMoved(ctx)
		err := client.Events(stream, last, func(id string) {
			failures, ready = 0, true
			d.noteAnswer(nil)
			d.queue.Retry()
			// What time did to the orders while nobody listened is in the list.
			d.news.began(id, first)
			first, last = false, id
		}, func(id string, e order.Event) {
			last = id
			if d.options.Happened != nil {
				d.options.Happened(e)
			}
			d.tell(change.Order, e.Order)
			d.news.add(id, e)
		})
		moved := stop()
		if ready && d.list.isCurrent() {
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

// takeNews keeps the list as the events say until the context ends.
func (d *Desk) takeNews(ctx context.Context, account string) {
	timer := time.NewTimer(askAgain)
	defer timer.Stop()
	for {
		select {
		case <-d.news.ready:
		case <-timer.C:
			passed, _ := d.list.passed(time.Now())
			d.news.again(passed, false)
		case <-ctx.Done():
			return
		}
		wait := askAgain
		if err := d.takeIn(ctx, account); err != nil && ctx.Err() == nil {
			d.options.Log.Info("the list of orders could not be kept up to date", "error", err)
		} else if passed, next := d.list.passed(time.Now()); len(passed) == 0 && !next.IsZero() {
			wait = max(time.Until(next), 0) + time.Millisecond
		}
		timer.Reset(wait)
	}
}

// fewOrders is how many are asked for one by one; for more the list is cheaper.
const fewOrders = 40

// takeIn takes in what has happened.
func (d *Desk) takeIn(ctx context.Context, account string) error {
	n := d.news.take()
	if n.after != "" {
		if err := d.drafts.Follow(draft.Follower{Account: account, After: n.after}, n.happened); err != nil {
			d.news.putBack(n)
			return err
		}
		d.list.happened(n.happened)
	}
	err := d.refresh(ctx, n)
	if err != nil {
		d.news.again(slices.Collect(maps.Keys(n.orders)), n.all)
		d.list.failed(err)
	}
	if n.all || len(n.orders) > 0 {
		d.tell(change.Orders, "")
	}
	return err
}

// refresh asks the server for the orders to which something happened.
func (d *Desk) refresh(ctx context.Context, n gathered) error {
	if n.all || len(n.orders) > fewOrders {
		_, err := d.fetchOrders(ctx)
		return err
	}
	for id := range n.orders {
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
func (d *Desk) openOrders(ctx context.Context) ([]Listed, error) {
	if open, current := d.list.open(); current && d.options.Background {
		return open, nil
	}
	all, err := d.Orders(ctx)
	if err != nil {
		return nil, err
	}
	var open []Listed
	for _, o := range all.Orders {
		if slices.Contains(o.Allowed, order.Deliver) {
			open = append(open, ListedOf(o))
		}
	}
	return open, nil
}
