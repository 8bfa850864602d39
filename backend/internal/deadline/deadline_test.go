package deadline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"handover/backend/internal/deadline"
	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is the wall clock: the bubble's time, set forward or back.
type clock struct{ off atomic.Int64 }

func (c *clock) now() time.Time      { return time.Now().UTC().Add(time.Duration(c.off.Load())) }
func (c *clock) set(d time.Duration) { c.off.Add(int64(d)) }

// rig is the worker on a real store, in a synctest bubble.
type rig struct {
	*testing.T
	store.Orders
	store.Deadlines
	store.EventLog
	clock
	policy order.Policy
}

// newRig is called within the bubble, which has the store's file to itself.
func newRig(t *testing.T) *rig {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "handover.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &rig{T: t, Orders: s.Orders, Deadlines: s.Deadlines, EventLog: s.EventLog, policy: order.DefaultPolicy()}
}

// run starts the worker on orders, nil for the store itself, and returns its end.
func (r *rig) run(orders deadline.Orders) (stop func()) {
	if orders == nil {
		orders = r
	}
	ctx, cancel := context.WithCancel(r.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		deadline.Run(ctx, orders, r.policy, r.now, slog.New(slog.NewTextHandler(io.Discard, nil)))
	}()
	return func() { cancel(); <-done }
}

// deliver makes an order that is under review since now.
func (r *rig) deliver(id string) time.Time {
	r.Helper()
	now := r.now()
	o, placed, err := order.Place(order.Order{
		ID: id, SellerID: "eva", Title: "Film", DueAt: now.Add(time.Hour), Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"},
	}, now)
	if err != nil {
		r.Fatal(err)
	}
	if _, err := r.Place(r.Context(), o, placed, "review of "+id); err != nil {
		r.Fatal(err)
	}
	o = r.do(id, order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{Description: "It", ConfirmNoFiles: true}})
	return o.ReviewEndsAt
}

func (r *rig) do(id string, c order.Command) order.Order {
	r.Helper()
	o, err := r.Change(r.Context(), store.Change{Order: id, Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.Apply(c, r.now(), r.policy)
	}})
	if err != nil {
		r.Fatal(err)
	}
	return o
}

func (r *rig) status(id string, want order.Status) order.Order {
	r.Helper()
	o, err := r.Order(r.Context(), id)
	if err != nil {
		r.Fatal(err)
	}
	if o.Status != want {
		r.Errorf("at %s the order %s is %s, want %s", r.now(), id, o.Status, want)
	}
	return o
}

func (r *rig) completedAt(id string, at time.Time) {
	r.Helper()
	o := r.status(id, order.Completed)
	if !o.CompletedAt.Equal(at) || o.CompletedBy != order.ByReviewPeriod {
		r.Errorf("%s was completed at %s by %q, want at %s by the review period", id, o.CompletedAt, o.CompletedBy, at)
	}
}

// sleep lets the bubble's time pass and everything come to rest.
func sleep(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestCompletesAtTheMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		defer r.run(nil)()
		synctest.Wait() // the worker sleeps, with nothing to do
		end := r.deliver("first")
		sleep(end.Sub(r.now()) - 1)
		r.status("first", order.Delivered)
		sleep(1)
		r.completedAt("first", end)
	})
}

func TestDeadlineThatMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		defer r.run(nil)()
		end := r.deliver("extended")
		sleep(time.Hour)
		sooner := r.deliver("other")
		r.do("extended", order.Command{Action: order.ExtendReview, By: order.Buyer, Days: 1})
		sleep(sooner.Sub(r.now()))
		r.completedAt("other", sooner)
		r.status("extended", order.Delivered)
		sleep(23 * time.Hour)
		r.completedAt("extended", end.Add(24*time.Hour))
	})
}

func TestAfterAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		end := r.deliver("first")
		sleep(1000 * time.Hour)
		r.status("first", order.Delivered)
		defer r.run(nil)()
		synctest.Wait()
		r.completedAt("first", end)
	})
}

// batches counts how the worker asks.
type batches struct {
	deadline.Orders
	sizes []int
}

func (b *batches) AdvanceDue(ctx context.Context, now time.Time, p order.Policy, limit int) (int, error) {
	n, err := b.Orders.AdvanceDue(ctx, now, p, limit)
	b.sizes = append(b.sizes, n)
	return n, err
}

func TestManyAfterAnOutage(t *testing.T) {
	const many = 5_000
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.fill(many)
		sleep(1000 * time.Hour)
		b := &batches{Orders: r}
		stop := r.run(b)
		synctest.Wait()
		stop()
		seen := 0
		err := r.EachOrder(t.Context(), func(o order.Order) error {
			seen++
			if want := o.Deliveries[0].DeliveredAt.Add(r.policy.ReviewPeriod); o.Status != order.Completed || !o.CompletedAt.Equal(want) {
				return fmt.Errorf("order %s is %s since %s, want completed since %s", o.ID, o.Status, o.CompletedAt, want)
			}
			return nil
		})
		if err != nil || seen != many {
			t.Errorf("%d orders, %v", seen, err)
		}
		if len(b.sizes) < 2 {
			t.Errorf("all orders were changed in one transaction: %v", b.sizes)
		}
	})
}

// fill stores many delivered orders, a second apart.
func (r *rig) fill(many int) {
	r.Helper()
	var orders []store.NewOrder
	for i := range many {
		at := r.now().Add(time.Duration(i) * time.Second)
		o, e, err := order.Place(order.Order{
			ID: fmt.Sprintf("o%05d", i), SellerID: "eva", Title: "Film", DueAt: at, Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"},
		}, at)
		if err == nil {
			_, err = o.Apply(order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{Description: "It", ConfirmNoFiles: true}}, at, r.policy)
		}
		if err != nil {
			r.Fatal(err)
		}
		orders = append(orders, store.NewOrder{Order: o, Event: e, ReviewHash: o.ID})
	}
	for part := range slices.Chunk(orders, 500) {
		if _, err := r.PlaceAll(r.Context(), store.Placement{Orders: part}); err != nil {
			r.Fatal(err)
		}
	}
}

func TestClockIsSet(t *testing.T) {
	t.Run("back: nothing completes before its time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			defer r.run(nil)()
			end := r.deliver("first")
			sleep(71 * time.Hour)
			r.set(-10 * time.Hour)
			sleep(2 * time.Hour)
			r.status("first", order.Delivered)
			sleep(9 * time.Hour)
			r.completedAt("first", end)
		})
	})
	t.Run("forward: within a minute", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			defer r.run(nil)()
			end := r.deliver("first")
			sleep(time.Hour)
			r.set(100 * time.Hour)
			sleep(time.Minute)
			r.completedAt("first", end)
		})
	})
}

// failing is a store whose first calls fail.
type failing struct {
	deadline.Orders
	next, elapse int
	tries        atomic.Int32
}

var errDisk = errors.New("the disk is gone")

func (f *failing) NextDeadline(ctx context.Context) (time.Time, error) {
	f.tries.Add(1)
	if f.next--; f.next >= 0 {
		return time.Time{}, errDisk
	}
	return f.Orders.NextDeadline(ctx)
}

func (f *failing) AdvanceDue(ctx context.Context, now time.Time, p order.Policy, limit int) (int, error) {
	if f.elapse--; f.elapse >= 0 {
		return 0, errDisk
	}
	return f.Orders.AdvanceDue(ctx, now, p, limit)
}

func TestFailingStoreIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		end := r.deliver("first")
		sleep(100 * time.Hour)
		f := &failing{Orders: r, next: 3, elapse: 3}
		defer r.run(f)()
		synctest.Wait()
		r.status("first", order.Delivered)
		if n := f.tries.Load(); n != 1 {
			t.Errorf("a failing store was asked %d times without a pause", n)
		}
		sleep(time.Minute)
		r.completedAt("first", end)
	})
}

func TestEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.deliver("first")
		stop := r.run(nil)
		synctest.Wait()
		stop() // the bubble ends only when the worker has
		end := r.deliver("second")
		sleep(2 * end.Sub(r.now()))
		r.status("second", order.Delivered)
		r.run(&failing{Orders: r, next: 1 << 30})()
	})
}
