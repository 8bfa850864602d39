package notify_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"handover/backend/internal/notify"
	"handover/backend/internal/store"
	"handover/backend/order"
)

// step is something that happens in a run of the property test.
type step struct {
	order string
	what  string
	pause time.Duration
}

func drawSteps(rt *rapid.T) []step {
	return rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) step {
		return step{
			order: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "order"),
			what:  rapid.SampledFrom([]string{"message", "message", "message", "fail", "crash", "wait"}).Draw(rt, "what"),
			pause: rapid.SampledFrom([]time.Duration{time.Second, time.Minute, time.Hour}).Draw(rt, "pause"),
		}
	}), 1, 15).Draw(rt, "steps")
}

// Whatever fails, and whenever the server is killed: every event reaches the
// receiver, after all earlier ones of its order did, under one ID.
func TestOrderPerOrderAndNothingLost(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := drawSteps(rt)
		wrong := "" // the bubble has its own goroutine, which must not end rt
		synctest.Test(t, func(t *testing.T) { wrong = play(t, steps) })
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

func play(t *testing.T, steps []step) string {
	dir, err := os.MkdirTemp("", "outbox") // t's own would stay until all runs are done
	must(t, err)
	defer os.RemoveAll(dir)
	d := open(t, dir, time.Now)
	defer func() { d.db.Close() }()
	down := map[string]bool{}
	in := &inbox{refuse: func(e order.Event, _ store.Entry) error {
		if down[e.Order] {
			return errDown
		}
		return nil
	}}
	stop := start(t, notify.NewWith(d.config(), in.sender()))
	for _, id := range []string{"a", "b", "c"} {
		d.place(id, "Film", bea)
	}
	for _, s := range steps {
		switch s.what {
		case "message":
			d.do(s.order, message(order.Seller, "hello"))
		case "fail":
			in.with(func() { down[s.order] = !down[s.order] })
		case "crash": // what was being sent may or may not have been written down
			stop()
			d.reopen()
			stop = start(t, notify.NewWith(d.config(), in.sender()))
		case "wait":
			time.Sleep(s.pause)
		}
	}
	in.with(func() { clear(down) })
	time.Sleep(2 * notify.LastRetry)
	synctest.Wait()
	stop()
	for _, id := range []string{"a", "b", "c"} {
		if wrong := heard(t, d, id, in.received()); wrong != "" {
			return wrong
		}
	}
	c, err := d.Outbox(context.Background(), notify.WebhookChannel)
	if err != nil || len(c.Entries) > 0 {
		return fmt.Sprintf("left in the outbox: %+v, %v", c.Entries, err)
	}
	return ""
}

// heard says what is wrong with what the receiver heard of an order.
func heard(t *testing.T, d *data, id string, got []store.Entry) string {
	events, err := d.Events(context.Background(), store.EventQuery{OrderID: id, Limit: 100})
	must(t, err)
	var want, first []uint64
	for _, e := range events {
		want = append(want, e.Seq)
	}
	names := map[uint64]string{}
	for _, e := range got {
		if e.Order != id {
			continue
		}
		if names[e.Seq] == "" {
			names[e.Seq] = e.ID
			first = append(first, e.Seq) // doubles may follow
		}
		if names[e.Seq] != e.ID {
			return fmt.Sprintf("event %d came as %s and as %s", e.Seq, names[e.Seq], e.ID)
		}
	}
	if !slices.Equal(want, first) {
		return fmt.Sprintf("order %s: heard %v, want %v", id, first, want)
	}
	return ""
}

// failing is a store that cannot write down what was sent.
type failing struct {
	notify.Store
	broken atomic.Bool
}

func (f *failing) DropEntry(ctx context.Context, channel string, e store.Entry) error {
	if f.broken.Load() {
		return errors.New("no space left on device")
	}
	return f.Store.DropEntry(ctx, channel, e)
}

func TestCrashBetweenSendingAndWritingDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := opened(t, time.Now)
		in := &inbox{}
		c := d.config()
		full := &failing{Store: d}
		full.broken.Store(true)
		c.Store = full
		stop := start(t, notify.NewWith(c, in.sender()))
		d.place("a", "Film", bea)
		d.do("a", message(order.Seller, "second"))
		time.Sleep(time.Hour)
		if got := seqs(in.received()); !slices.Equal(got, []uint64{1}) {
			t.Fatalf("sent %v while nothing could be written down; want the first event once", got)
		}
		stop()
		d.reopen()

		defer start(t, notify.NewWith(d.config(), in.sender()))()
		time.Sleep(time.Minute)
		synctest.Wait()
		got := in.received()
		if !slices.Equal(seqs(got), []uint64{1, 1, 2}) {
			t.Fatalf("received %v, want the first again and then the second", seqs(got))
		}
		if got[0].ID != got[1].ID || got[1].ID == got[2].ID {
			t.Errorf("a receiver cannot tell the double: %s, %s, %s", got[0].ID, got[1].ID, got[2].ID)
		}
	})
}

func TestAStoreThatFailsForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := opened(t, time.Now)
		in := &inbox{}
		c, f := d.config(), &failing{Store: d}
		f.broken.Store(true)
		c.Store = f
		defer start(t, notify.NewWith(c, in.sender()))()
		d.place("a", "Film", bea)
		time.Sleep(time.Minute)
		synctest.Wait()
		f.broken.Store(false)
		d.do("a", message(order.Seller, "second"))
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := seqs(in.received()); !slices.Equal(got, []uint64{1, 2}) {
			t.Errorf("received %v, want each event once", got)
		}
	})
}

// Orders that the operator places while no server runs are told of later.
func TestWhatHappensWhileTheServerIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := opened(t, time.Now)
		in := &inbox{}
		start(t, notify.NewWith(d.config(), in.sender()))()
		d.place("a", "Film", bea)
		stopped := notify.NewWith(d.config(), nil)
		if list, err := stopped.List(t.Context(), "webhook", false); err != nil || len(list) != 0 {
			t.Errorf("before it was taken over: %v, %v", list, err)
		}
		defer start(t, notify.NewWith(d.config(), in.sender()))()
		synctest.Wait()
		if got := seqs(in.received()); !slices.Equal(got, []uint64{1}) {
			t.Errorf("received %v", got)
		}
	})
}

// A wall clock that was wrong for a while does not leave an entry waiting for a
// time that is far away.
func TestClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ahead atomic.Int64
		ahead.Store(int64(24 * time.Hour))
		d := opened(t, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
		in := &inbox{refuse: func(order.Event, store.Entry) error { return errDown }}
		defer start(t, notify.NewWith(d.config(), in.sender()))()
		d.place("a", "Film", bea)
		synctest.Wait()
		in.with(func() { in.refuse = nil })
		ahead.Store(0)
		time.Sleep(2 * notify.LookAgain)
		synctest.Wait()
		if got := seqs(in.received()); !slices.Equal(got, []uint64{1}) {
			t.Errorf("received %v", got)
		}
	})
}

// What hangs holds up neither actions nor other orders, and ends with the
// server without counting as an attempt.
func TestAReceiverThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := opened(t, time.Now)
		var got []string
		hang := &notify.FakeSender{Send: func(ctx context.Context, e order.Event, _ store.Entry) error {
			if e.Order == "a" {
				<-ctx.Done()
				return ctx.Err()
			}
			got = append(got, e.Order)
			return nil
		}}
		s := notify.NewWith(d.config(), hang)
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.place("a", "Film", bea)
		synctest.Wait()
		d.place("b", "Logo", bea)
		synctest.Wait()
		if !slices.Equal(got, []string{"b"}) {
			t.Errorf("received %v", got)
		}
		closing := time.Now()
		s.Close(context.Background())
		if took := time.Since(closing); took != 5*time.Second {
			t.Errorf("closing took %v", took)
		}
		c, err := d.Outbox(context.Background(), "webhook")
		if err != nil || len(c.Entries) != 1 || c.Entries[0].Attempts != 0 || c.Entries[0].LastError != "" {
			t.Errorf("outbox: %+v, %v", c.Entries, err)
		}
	})
}

func TestBackoff(t *testing.T) {
	for attempts, want := range map[int]time.Duration{
		1: 5 * time.Second, 2: 15 * time.Second, 3: 45 * time.Second, 7: 3600 * time.Second, 1000: time.Hour,
	} {
		seen := map[time.Duration]bool{}
		for range 50 {
			got := notify.Backoff(attempts)
			if got < want*4/5 || got > want*6/5 {
				t.Errorf("after %d attempts: %v, want about %v", attempts, got, want)
			}
			seen[got] = true
		}
		if len(seen) < 2 {
			t.Errorf("after %d attempts the wait is always the same", attempts)
		}
	}
}
