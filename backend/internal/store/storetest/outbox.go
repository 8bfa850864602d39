package storetest

import (
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

func outboxEntry(seq uint64, to order.Party) store.Entry {
	return store.Entry{Seq: seq, To: to, Order: "o", Type: order.WorkDelivered, ID: "evt", Since: start}
}

func (f *fixture) outboxIs(channel string, want store.Channel) {
	f.Helper()
	got, err := f.Outboxes.Outbox(f.Context(), channel)
	f.must(err)
	f.same("the outbox "+channel, got, want)
}

func outboxUnused(f *fixture) {
	f.outboxIs("mail", store.Channel{})
}

func outboxKeeps(f *fixture) {
	ctx := f.Context()
	f.must(f.Outboxes.TakeOver(ctx, "mail", 300, []store.Entry{
		outboxEntry(300, order.Seller), outboxEntry(300, order.Buyer), outboxEntry(2, ""),
	}))
	f.must(f.Outboxes.TakeOver(ctx, "mailing", 0, nil))
	f.outboxIs("mail", store.Channel{On: true, Cursor: 300, Entries: []store.Entry{
		outboxEntry(2, ""), outboxEntry(300, order.Buyer), outboxEntry(300, order.Seller),
	}})
	f.outboxIs("mailing", store.Channel{On: true})
	f.must(f.Outboxes.TakeOver(ctx, "mailing", 7, []store.Entry{outboxEntry(7, "")}))
	f.outboxIs("mailing", store.Channel{On: true, Cursor: 7, Entries: []store.Entry{outboxEntry(7, "")}})
}

func outboxState(f *fixture) {
	ctx := f.Context()
	f.must(f.Outboxes.TakeOver(ctx, "mail", 2, []store.Entry{outboxEntry(1, ""), outboxEntry(2, "")}))
	e := outboxEntry(1, "")
	e.Attempts, e.NextAt, e.LastError, e.FailedAt = 3, start.Add(time.Hour), "no", start.Add(time.Minute)
	f.must(f.Outboxes.SaveEntry(ctx, "mail", e))
	f.outboxIs("mail", store.Channel{On: true, Cursor: 2, Entries: []store.Entry{e, outboxEntry(2, "")}})
	if !e.Failed() || outboxEntry(2, "").Failed() {
		f.Error("Failed does not tell what was given up")
	}
}

func outboxDrops(f *fixture) {
	ctx := f.Context()
	f.must(f.Outboxes.TakeOver(ctx, "mail", 1, []store.Entry{outboxEntry(1, order.Buyer), outboxEntry(1, order.Seller)}))
	f.must(f.Outboxes.DropEntry(ctx, "mail", outboxEntry(1, order.Buyer)))
	f.must(f.Outboxes.DropEntry(ctx, "mail", outboxEntry(1, order.Buyer)))
	f.must(f.Outboxes.DropEntry(ctx, "webhook", outboxEntry(1, order.Seller)))
	f.refused(f.Outboxes.SaveEntry(ctx, "mail", outboxEntry(1, order.Buyer)), order.NotFound)
	f.outboxIs("mail", store.Channel{On: true, Cursor: 1, Entries: []store.Entry{outboxEntry(1, order.Seller)}})
}

func outboxOff(f *fixture) {
	ctx := f.Context()
	f.must(f.Outboxes.TakeOver(ctx, "mail", 7, []store.Entry{outboxEntry(7, "")}))
	f.must(f.Outboxes.SwitchOff(ctx, "mail"))
	f.must(f.Outboxes.SwitchOff(ctx, "webhook"))
	f.outboxIs("mail", store.Channel{Entries: []store.Entry{outboxEntry(7, "")}})
}
