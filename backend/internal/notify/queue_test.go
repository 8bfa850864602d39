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
	defer func() { d.Close() }()
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

func TestReceiverDownForDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := opened(t, time.Now)
		in := &inbox{refuse: func(e order.Event, _ store.Entry) error {
			if e.Order == "a" {
				return errDown
			}
			return nil
		}}
		s := notify.NewWith(d.config(), in.sender())
		stop := start(t, s)
		began := time.Now()
		d.place("a", "Film", bea)
		d.place("b", "Logo", bea)
		d.do("a", message(order.Buyer, "waits"))
		time.Sleep(30 * time.Hour)
		synctest.Wait()
		if got := seqs(in.received()); !slices.Equal(got, []uint64{2}) {
			t.Fatalf("received %v; the other order alone goes on", got)
		}
		stop() // a restart does not begin the three days again
		d.reopen()
		s = notify.NewWith(d.config(), in.sender())
		defer start(t, s)()
		time.Sleep(time.Until(began.Add(notify.GiveUp - time.Second)))
		synctest.Wait()
		wantDepth(t, s, notify.Depth{Channel: "webhook", Pending: 2})
		time.Sleep(2 * time.Second)
		synctest.Wait()
		wantDepth(t, s, notify.Depth{Channel: "webhook", Failed: 2})
		// Several in the first hour, then about one an hour.
		if n := in.attempts(); n < 75 || n > 110 {
			t.Errorf("tried %d times in three days", n)
		}

		failed, err := s.List(t.Context(), "webhook", true)
		if err != nil || len(failed) != 2 || !failed[0].Failed || failed[0].LastError != "down" || failed[0].NextAt != nil {
			t.Fatalf("failed: %+v, %v", failed, err)
		}
		in.with(func() { in.refuse = nil })
		if n, err := s.Resend(t.Context(), "webhook", failed[1].ID); n != 1 || err != nil {
			t.Fatalf("resend one: %d, %v", n, err)
		}
		synctest.Wait()
		if n, err := s.Resend(t.Context(), "webhook", ""); n != 1 || err != nil {
			t.Fatalf("resend all: %d, %v", n, err)
		}
		synctest.Wait()
		if got := seqs(in.received()); !slices.Equal(got, []uint64{2, 3, 1}) {
			t.Errorf("received %v", got)
		}
		wantDepth(t, s, notify.Depth{Channel: "webhook"})
		if _, err := s.Resend(t.Context(), "webhook", failed[1].ID); !errors.Is(err, &order.Error{Code: order.NotFound}) {
			t.Errorf("resend what has not failed: %v", err)
		}
	})
}

// What is sent again goes before what waits behind it, and has three days anew.
func TestResendKeepsTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := opened(t, time.Now)
		in := &inbox{refuse: func(order.Event, store.Entry) error { return errDown }}
		s := notify.NewWith(d.config(), in.sender())
		defer start(t, s)()
		d.place("a", "Film", bea)
		time.Sleep(notify.GiveUp + time.Second)
		d.do("a", message(order.Seller, "second"))
		synctest.Wait()
		wantDepth(t, s, notify.Depth{Channel: "webhook", Pending: 1, Failed: 1})
		if n, err := s.Resend(t.Context(), "webhook", ""); n != 2 || err != nil {
			t.Fatalf("resend: %d, %v", n, err)
		}
		time.Sleep(notify.GiveUp / 2)
		wantDepth(t, s, notify.Depth{Channel: "webhook", Pending: 2})
		if got := s.Waiting()["webhook"]; got != 2 {
			t.Errorf("waiting: %d", got)
		}
		in.with(func() { in.refuse = nil })
		time.Sleep(2 * notify.LastRetry)
		synctest.Wait()
		if got := seqs(in.received()); !slices.Equal(got, []uint64{1, 2}) {
			t.Errorf("received %v, want the earlier one first", got)
		}
	})
}

// An operator who has mended something does not have to wait for the next attempt.
func TestResendWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := opened(t, time.Now)
		in := &inbox{refuse: func(order.Event, store.Entry) error { return errDown }}
		s := notify.NewWith(d.config(), in.sender())
		defer start(t, s)()
		d.place("a", "Film", bea)
		d.do("a", message(order.Seller, "second"))
		time.Sleep(10 * time.Hour)
		synctest.Wait()
		waiting, err := s.List(t.Context(), "webhook", false)
		if err != nil || len(waiting) != 2 || waiting[0].NextAt == nil || waiting[0].Failed {
			t.Fatalf("waiting: %+v, %v", waiting, err)
		}
		in.with(func() { in.refuse = nil })
		if n, err := s.Resend(t.Context(), "webhook", waiting[0].ID); n != 1 || err != nil {
			t.Fatalf("resend: %d, %v", n, err)
		}
		synctest.Wait()
		if got := seqs(in.received()); !slices.Equal(got, []uint64{1, 2}) {
			t.Errorf("received %v at once", got)
		}
		wantDepth(t, s, notify.Depth{Channel: "webhook"})
	})
}

// What is on its way is left alone, also when something older joins its line.
func TestResendWhileSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := opened(t, time.Now)
		release, tries := make(chan struct{}), map[uint64]int{}
		var got []uint64
		s := notify.NewWith(d.config(), &notify.FakeSender{Send: func(ctx context.Context, e order.Event, _ store.Entry) error {
			tries[e.Seq]++
			switch {
			case e.Seq == 1 && tries[1] == 1:
				return notify.Permanent(errDown)
			case e.Seq == 2 && tries[2] == 1:
				return errDown
			case e.Seq == 2:
				<-release
			}
			got = append(got, e.Seq)
			return nil
		}})
		defer start(t, s)()
		d.place("a", "Film", bea)
		d.do("a", message(order.Seller, "second"))
		time.Sleep(time.Minute) // the second attempt of the second event hangs
		if n, err := s.Resend(t.Context(), "webhook", ""); n != 1 || err != nil {
			t.Errorf("resend: %d, %v; want the first event alone", n, err)
		}
		close(release)
		synctest.Wait()
		if !slices.Equal(got, []uint64{2, 1}) || tries[2] != 2 {
			t.Errorf("received %v in %v", got, tries)
		}
		wantDepth(t, s, notify.Depth{Channel: "webhook"})
	})
}

// wantDepth compares what there is to do; what was done is counted elsewhere.
func wantDepth(t *testing.T, s *notify.Service, want notify.Depth) {
	t.Helper()
	got := s.Depths()[0]
	got.Sent, got.Faults = 0, 0
	if got != want {
		t.Errorf("depth %+v, want %+v", got, want)
	}
}

func TestWhatNoAttemptWouldMend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := opened(t, time.Now)
		in := &inbox{refuse: func(e order.Event, _ store.Entry) error {
			if e.Type == order.OrderPlaced {
				return notify.Permanent(errors.New("no such\r\nmailbox \x1b[31m"))
			}
			return nil
		}}
		s := notify.NewWith(d.config(), in.sender())
		defer start(t, s)()
		d.place("a", "Film", bea)
		d.do("a", message(order.Seller, "goes on"))
		synctest.Wait()
		if got := seqs(in.received()); !slices.Equal(got, []uint64{2}) || in.attempts() != 2 {
			t.Errorf("received %v in %d attempts", got, in.attempts())
		}
		failed, _ := s.List(t.Context(), "webhook", true)
		if len(failed) != 1 || failed[0].LastError != "no such mailbox [31m" {
			t.Errorf("failed: %+v", failed)
		}
		if d := s.Depths()[0]; d.Sent != 1 || d.Faults != 1 {
			t.Errorf("counted %+v", d)
		}
	})
}

func TestAChannelThatIsNotConfigured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := opened(t, time.Now)
		in := &inbox{refuse: func(order.Event, store.Entry) error { return errDown }}
		stop := start(t, notify.NewWith(d.config(), in.sender()))
		d.place("a", "Film", bea)
		synctest.Wait()
		stop()

		off := notify.NewWith(d.config(), nil)
		stop = start(t, off)
		d.do("a", message(order.Seller, "nobody is to hear this"))
		wantDepth(t, off, notify.Depth{Channel: "webhook", Failed: 1})
		if _, err := off.Resend(t.Context(), "webhook", ""); !errors.Is(err, &order.Error{Code: order.Conflict}) {
			t.Errorf("resend without an address: %v", err)
		}
		stop()
		d.do("a", message(order.Seller, "nor this, while no server runs"))

		in.refuse = nil
		on := notify.NewWith(d.config(), in.sender())
		defer start(t, on)()
		d.do("a", message(order.Seller, "this is new"))
		synctest.Wait()
		if got := seqs(in.received()); !slices.Equal(got, []uint64{4}) {
			t.Errorf("received %v, want what is new alone", got)
		}
		if n, err := on.Resend(t.Context(), "webhook", ""); n != 1 || err != nil {
			t.Errorf("what waited then is not lost: %d, %v", n, err)
		}
		synctest.Wait()
		if got := seqs(in.received()); !slices.Equal(got, []uint64{4, 1}) {
			t.Errorf("received %v", got)
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

func TestResendWithoutAServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := opened(t, time.Now)
		in := &inbox{refuse: func(order.Event, store.Entry) error { return notify.Permanent(errDown) }}
		stop := start(t, notify.NewWith(d.config(), in.sender()))
		d.place("a", "Film", bea)
		synctest.Wait()
		stop()
		if n, err := notify.NewWith(d.config(), nil).Resend(t.Context(), "webhook", ""); n != 1 || err != nil {
			t.Fatalf("resend: %d, %v", n, err)
		}
		in.refuse = nil
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
