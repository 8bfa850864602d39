package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

func change(f *fixture) {
	want := f.place("first", "eva", time.Hour)
	at := start.Add(time.Minute)
	got := f.do("first", work, at)
	_, err := want.Apply(work, at, order.DefaultPolicy())
	f.must(err)
	want.Version = 2
	f.same("the answer", got, want)
	f.same("the order", f.get("first"), want)
	log := f.events(store.EventQuery{OrderID: "first"})
	f.same("the log", types(log), []order.EventType{order.OrderPlaced, order.WorkDelivered})
	f.same("the event", log[1], order.Event{
		Seq: 2, Order: "first", Seller: "eva", Type: order.WorkDelivered, By: order.Seller, At: at,
		Status: order.Delivered, Delivery: 1, ReviewEndsAt: at.Add(72 * time.Hour),
	})
}

func changeNothing(f *fixture) {
	before := f.place("first", "eva", time.Hour)
	_, err := f.Orders.Change(f.Context(), store.Change{Order: "first", Apply: func(*order.Order, []order.Upload) ([]order.Event, error) {
		return nil, nil
	}})
	f.must(err)
	f.same("the order", f.get("first"), before)
}

// refusalWithEvents sends a buyer's command after the deadline. The store commits
// the completed order and returns the refusal.
func refusalWithEvents(f *fixture) {
	f.place("first", "eva", time.Hour)
	f.do("first", work, start)
	f.must(f.Uploads.FinishUpload(f.Context(), finished("one")))
	end := start.Add(72 * time.Hour)
	late := store.Change{
		Order: "first", Key: "k", Request: "r", Uploads: []string{"one"},
		Apply: apply(order.Command{Action: order.RequestChanges, By: order.Buyer, Message: "longer"}, end.Add(time.Hour)),
	}
	_, err := f.Orders.Change(f.Context(), late)
	f.refused(err, order.Conflict)
	u, err := f.Uploads.Upload(f.Context(), "one")
	f.must(err)
	f.same("the delivery of the upload", u.DeliveredIn, 0)
	late.Request = "another request" // the key is still free
	_, err = f.Orders.Change(f.Context(), late)
	f.refused(err, order.Conflict)
	o := f.get("first")
	if o.Status != order.Completed || !o.CompletedAt.Equal(end) || o.Version != 3 {
		f.Errorf("the order is %s since %s in version %d, want completed since %s in version 3", o.Status, o.CompletedAt, o.Version, end)
	}
	log := f.events(store.EventQuery{OrderID: "first", After: 2})
	f.same("what was logged", types(log), []order.EventType{order.OrderCompleted})
	f.due()
}

func refusalWithoutEvents(f *fixture) {
	before := f.place("first", "eva", time.Hour)
	no := errors.New("no")
	_, err := f.Orders.Change(f.Context(), store.Change{Order: "first", Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		o.Title = "changed nonetheless"
		return nil, no
	}})
	if !errors.Is(err, no) {
		f.Errorf("the error is %v, want the one of Apply", err)
	}
	f.same("the order", f.get("first"), before)
	f.same("the log's length", len(f.events(store.EventQuery{})), 1)
}

func idempotency(f *fixture) {
	f.place("first", "eva", time.Hour)
	f.place("second", "eva", time.Hour)
	calls := 0
	deliver := store.Change{Order: "first", Key: "k", Request: "r", Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		calls++
		return o.Apply(work, start, order.DefaultPolicy())
	}}
	_, err := f.Orders.Change(f.Context(), deliver)
	f.must(err)
	f.do("first", order.Command{Action: order.Accept, By: order.Buyer}, start)
	once := calls
	again, err := f.Orders.Change(f.Context(), deliver)
	f.must(err)
	f.same("Apply's calls by the second use", calls-once, 0)
	f.same("the answer to the second use", again, f.get("first"))
	f.same("the deliveries", len(again.Deliveries), 1)
	other := deliver
	other.Request = "another request"
	_, err = f.Orders.Change(f.Context(), other)
	f.refused(err, order.Exists)
	elsewhere := deliver
	elsewhere.Order = "second"
	o, err := f.Orders.Change(f.Context(), elsewhere)
	f.must(err)
	f.same("the deliveries of another order under the same key", len(o.Deliveries), 1)
	f.same("the log's length", len(f.events(store.EventQuery{})), 5)
}

func keyAfterRefusal(f *fixture) {
	f.place("first", "eva", time.Hour)
	empty := order.Command{Action: order.Deliver, By: order.Seller}
	_, err := f.Orders.Change(f.Context(), store.Change{Order: "first", Key: "k", Request: "empty", Apply: apply(empty, start)})
	f.refused(err, order.Invalid)
	o, err := f.Orders.Change(f.Context(), store.Change{Order: "first", Key: "k", Request: "mended", Apply: apply(work, start)})
	f.must(err)
	f.same("the deliveries", len(o.Deliveries), 1)
}

func finished(id string) order.Upload {
	return order.Upload{
		ID: id, SellerID: "eva", OrderID: "first", Path: "Fotos/" + id + ".jpg", Size: 5_000_000_000,
		SHA256: fmt.Sprintf("%064x", 255), CRC32: "0000beef", Type: "image/jpeg", FinishedAt: start,
	}
}

func delivered(f *fixture) {
	ctx := f.Context()
	f.place("first", "eva", time.Hour)
	for _, id := range []string{"one", "two", "spare"} {
		f.must(f.Uploads.FinishUpload(ctx, finished(id)))
	}
	deliver := func(at time.Time, want ...order.Upload) {
		var names []string
		for _, u := range want {
			names = append(names, u.ID)
		}
		_, err := f.Orders.Change(ctx, store.Change{Order: "first", Uploads: names, Apply: func(o *order.Order, got []order.Upload) ([]order.Event, error) {
			f.same("the uploads that Apply gets", got, want)
			return o.Apply(work, at, order.DefaultPolicy())
		}})
		f.must(err)
	}
	deliver(start, finished("two"), finished("one"))
	one, two := finished("one"), finished("two")
	one.DeliveredIn, two.DeliveredIn = 1, 1
	deliver(start.Add(time.Hour), one, finished("spare")) // an upload can be delivered again
	for id, in := range map[string]int{"one": 1, "two": 1, "spare": 2} {
		u, err := f.Uploads.Upload(ctx, id)
		f.must(err)
		f.same("the delivery of "+id, u.DeliveredIn, in)
		f.refused(f.Uploads.DropUpload(ctx, id), order.Conflict)
	}
}

func uploadMissing(f *fixture) {
	ctx := f.Context()
	before := f.place("first", "eva", time.Hour)
	f.must(f.Uploads.FinishUpload(ctx, finished("one")))
	c := store.Change{Order: "first", Key: "k", Request: "r", Uploads: []string{"one", "absent"}, Apply: apply(work, start)}
	_, err := f.Orders.Change(ctx, c)
	f.refused(err, order.UploadMissing)
	f.same("the order", f.get("first"), before)
	u, err := f.Uploads.Upload(ctx, "one")
	f.must(err)
	f.same("the other upload's delivery", u.DeliveredIn, 0)
	f.must(f.Uploads.FinishUpload(ctx, finished("absent")))
	_, err = f.Orders.Change(ctx, c)
	f.must(err)
}

// concurrentChanges writes to one order from many goroutines, and to another order.
func concurrentChanges(f *fixture) {
	const writers, each = 8, 10
	f.place("busy", "eva", time.Hour)
	f.place("beside", "otto", time.Hour)
	var group sync.WaitGroup
	versions := make(chan int, writers*each)
	for w := range writers {
		group.Go(func() {
			for i := range each {
				text := fmt.Sprintf("%d/%d", w, i)
				o, err := f.Orders.Change(f.Context(), store.Change{Order: "busy", Apply: apply(message(text), start)})
				if err != nil {
					f.Error(err)
				}
				versions <- o.Version
				if _, err := f.Orders.Change(f.Context(), store.Change{Order: "beside", Apply: apply(message(text), start)}); err != nil {
					f.Error(err)
				}
			}
		})
	}
	group.Wait()
	close(versions)
	got := slices.Sorted(func(yield func(int) bool) {
		for v := range versions {
			yield(v)
		}
	})
	for i, v := range got {
		if v != i+2 {
			f.Fatalf("the versions are %v, want each from 2 to %d once", got, writers*each+1)
		}
	}
	f.same("the last version", f.get("busy").Version, writers*each+1)
	texts := map[string]bool{}
	for _, e := range f.events(store.EventQuery{OrderID: "busy", After: 1}) {
		texts[e.Message] = true
	}
	f.same("the messages", len(texts), writers*each)
	f.gapless(2 + 2*writers*each)
}

func concurrentKey(f *fixture) {
	f.place("first", "eva", time.Hour)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			o, err := f.Orders.Change(f.Context(), store.Change{Order: "first", Key: "k", Request: "r", Apply: apply(work, start)})
			if err != nil || len(o.Deliveries) != 1 {
				f.Errorf("%d deliveries, error %v; want one and none", len(o.Deliveries), err)
			}
		})
	}
	group.Wait()
	f.same("the deliveries", len(f.get("first").Deliveries), 1)
}
