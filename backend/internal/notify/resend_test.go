package notify_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"handover/backend/internal/notify"
	"handover/backend/internal/store"
	"handover/backend/order"
)

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
