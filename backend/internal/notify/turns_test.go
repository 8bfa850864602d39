package notify_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handover/backend/internal/notify"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// turnstile lets one server at a time through, and can take its turn away.
type turnstile struct {
	free chan struct{}

	mu   sync.Mutex
	lose context.CancelFunc
}

func newTurnstile() *turnstile {
	g := &turnstile{free: make(chan struct{}, 1)}
	g.free <- struct{}{}
	return g
}

func (g *turnstile) alone(ctx context.Context, _ string) (context.Context, func(), error) {
	select {
	case <-g.free:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	held, lose := context.WithCancel(context.Background())
	g.mu.Lock()
	g.lose = lose
	g.mu.Unlock()
	return held, func() { lose(); g.free <- struct{}{} }, nil
}

// revoke ends the turn of whoever has it.
func (g *turnstile) revoke() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lose()
}

// Two servers on one store: every event goes out once, in the order of its
// order, whichever of them has its turn, and however often that changes.
func TestServersTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, gate, in := opened(t, time.Now), newTurnstile(), &inbox{}
		c := d.config()
		c.Alone = gate.alone
		var services []*notify.Service
		for range 2 {
			s := notify.NewWith(c, in.sender())
			services = append(services, s)
			t.Cleanup(start(t, s))
		}
		d.place("a", "Film", bea)
		d.place("b", "Logo", bea)
		for i := range 20 {
			d.do("a", message(order.Buyer, fmt.Sprint("a", i)))
			d.do("b", message(order.Buyer, fmt.Sprint("b", i)))
			synctest.Wait()
			if i%3 == 0 {
				gate.revoke()
				synctest.Wait()
			}
		}
		got := seqs(in.received())
		sorted := slices.Sorted(slices.Values(got))
		if len(got) != 42 || len(slices.Compact(sorted)) != 42 {
			t.Errorf("%d were sent: %v", len(got), got)
		}
		if waiting := services[0].Waiting()["webhook"] + services[1].Waiting()["webhook"]; waiting != 0 {
			t.Errorf("%d wait", waiting)
		}
	})
}

// What is being sent when the turn is lost is cut, and sent by the other server
// under the same ID.
func TestTurnLostWhileSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, gate := opened(t, time.Now), newTurnstile()
		c := d.config()
		c.Alone = gate.alone
		stuck := true
		var ids []string
		sender := &notify.FakeSender{Send: func(ctx context.Context, _ order.Event, e store.Entry) error {
			ids = append(ids, e.ID)
			if stuck {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}}
		for range 2 {
			t.Cleanup(start(t, notify.NewWith(c, sender)))
		}
		d.place("a", "Film", bea)
		synctest.Wait()
		stuck = false
		gate.revoke()
		synctest.Wait()
		if len(ids) != 2 || ids[0] != ids[1] {
			t.Errorf("sent as %q; want the same twice", ids)
		}
		box, err := d.Outbox(t.Context(), "webhook")
		must(t, err)
		if len(box.Entries) != 0 {
			t.Errorf("left: %+v", box.Entries)
		}
	})
}

// The operator may ask any server to send again: the one whose turn it is does.
func TestResendByAnotherServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, gate := opened(t, time.Now), newTurnstile()
		c := d.config()
		c.Alone = gate.alone
		in := &inbox{refuse: func(order.Event, store.Entry) error { return notify.Permanent(errDown) }}
		t.Cleanup(start(t, notify.NewWith(c, in.sender())))
		synctest.Wait()
		other := notify.NewWith(c, in.sender())
		t.Cleanup(start(t, other))
		d.place("a", "Film", bea)
		synctest.Wait()
		in.with(func() { in.refuse = nil })
		if n, err := other.Resend(t.Context(), "webhook", ""); n != 1 || err != nil {
			t.Fatalf("%d are sent again, %v", n, err)
		}
		time.Sleep(notify.LookAgain + time.Second)
		synctest.Wait()
		if got := in.received(); len(got) != 1 || got[0].Attempts != 0 {
			t.Errorf("sent: %+v", got)
		}
	})
}
