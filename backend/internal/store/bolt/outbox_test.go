package bolt_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

var outboxTime = time.Date(2026, 11, 24, 9, 0, 0, 123, time.UTC)

func outboxEntry(seq uint64, to order.Party) store.Entry {
	return store.Entry{Seq: seq, To: to, Order: "o", Type: order.WorkDelivered, ID: "evt", Since: outboxTime}
}

// reopened is a store whose file is closed and opened again between steps:
// what a test finds in it is durable.
func reopenedOutbox(t *testing.T) func() store.Outbox {
	path := filepath.Join(t.TempDir(), "handover.db")
	var open *bolt.Store
	t.Cleanup(func() { open.Close() })
	return func() store.Outbox {
		t.Helper()
		if open != nil {
			if err := open.Close(); err != nil {
				t.Fatal(err)
			}
		}
		var err error
		if open, err = bolt.Open(path); err != nil {
			t.Fatal(err)
		}
		return open
	}
}

func wantChannel(t *testing.T, s store.Outbox, channel string, want store.Channel) {
	t.Helper()
	got, err := s.Outbox(t.Context(), channel)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the outbox %q (-want +got):\n%s", channel, diff)
	}
}

func mustOutbox(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOutbox(t *testing.T) {
	t.Run("an unused channel is off", func(t *testing.T) {
		wantChannel(t, reopenedOutbox(t)(), "mail", store.Channel{})
	})

	t.Run("entries and cursor are kept, in order, apart from other channels", func(t *testing.T) {
		open := reopenedOutbox(t)
		s := open()
		mustOutbox(t, s.TakeOver(t.Context(), "mail", 300, []store.Entry{outboxEntry(300, order.Seller), outboxEntry(300, order.Buyer), outboxEntry(2, "")}))
		mustOutbox(t, s.TakeOver(t.Context(), "mailing", 9, []store.Entry{outboxEntry(9, "")}))
		s = open()
		wantChannel(t, s, "mail", store.Channel{On: true, Cursor: 300, Entries: []store.Entry{
			outboxEntry(2, ""), outboxEntry(300, order.Buyer), outboxEntry(300, order.Seller),
		}})
		wantChannel(t, s, "mailing", store.Channel{On: true, Cursor: 9, Entries: []store.Entry{outboxEntry(9, "")}})
	})

	t.Run("a channel without entries is on at zero", func(t *testing.T) {
		open := reopenedOutbox(t)
		mustOutbox(t, open().TakeOver(t.Context(), "mail", 0, nil))
		wantChannel(t, open(), "mail", store.Channel{On: true})
	})

	t.Run("the state of an entry is kept", func(t *testing.T) {
		open := reopenedOutbox(t)
		s := open()
		mustOutbox(t, s.TakeOver(t.Context(), "mail", 2, []store.Entry{outboxEntry(1, ""), outboxEntry(2, "")}))
		e := outboxEntry(1, "")
		e.Attempts, e.NextAt, e.LastError, e.FailedAt = 3, outboxTime.Add(time.Hour), "no", outboxTime.Add(time.Minute)
		mustOutbox(t, s.SaveEntry(t.Context(), "mail", e))
		wantChannel(t, open(), "mail", store.Channel{On: true, Cursor: 2, Entries: []store.Entry{e, outboxEntry(2, "")}})
		if !e.Failed() || outboxEntry(2, "").Failed() {
			t.Error("Failed does not tell what was given up")
		}
	})

	t.Run("a dropped entry is gone, and cannot be saved again", func(t *testing.T) {
		open := reopenedOutbox(t)
		s := open()
		mustOutbox(t, s.TakeOver(t.Context(), "mail", 1, []store.Entry{outboxEntry(1, order.Buyer), outboxEntry(1, order.Seller)}))
		mustOutbox(t, s.DropEntry(t.Context(), "mail", outboxEntry(1, order.Buyer)))
		mustOutbox(t, s.DropEntry(t.Context(), "mail", outboxEntry(1, order.Buyer)))
		mustOutbox(t, s.DropEntry(t.Context(), "webhook", outboxEntry(1, order.Seller)))
		s = open()
		if err := s.SaveEntry(t.Context(), "mail", outboxEntry(1, order.Buyer)); !errors.Is(err, &order.Error{Code: order.NotFound}) {
			t.Errorf("saving what was dropped: %v", err)
		}
		wantChannel(t, s, "mail", store.Channel{On: true, Cursor: 1, Entries: []store.Entry{outboxEntry(1, order.Seller)}})
	})

	t.Run("switched off, the cursor goes and the entries stay", func(t *testing.T) {
		open := reopenedOutbox(t)
		s := open()
		mustOutbox(t, s.TakeOver(t.Context(), "mail", 7, []store.Entry{outboxEntry(7, "")}))
		mustOutbox(t, s.SwitchOff(t.Context(), "mail"))
		mustOutbox(t, s.SwitchOff(t.Context(), "webhook"))
		wantChannel(t, open(), "mail", store.Channel{Entries: []store.Entry{outboxEntry(7, "")}})
	})
}
