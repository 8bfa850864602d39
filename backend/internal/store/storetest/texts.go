package storetest

import (
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// texts stores values that clients may send and some databases refuse: control
// characters, invalid UTF-8, numbers beyond the precision of a float.
func texts(f *fixture) {
	ctx := f.Context()
	f.place("first", "eva", time.Hour)
	text := "zero \x00, escape \x1b, \u2028, \U0001f600, e\u0301, \\u0000, \"'%_"
	f.do("first", message(text), start)
	f.same("the message", f.events(store.EventQuery{OrderID: "first", After: 1})[0].Message, text)
	for range 2 {
		o, err := f.Orders.Change(ctx, store.Change{Order: "first", Key: "\xff\x00\xfe", Request: "\x00\xff", Apply: apply(work, start)})
		f.must(err)
		f.same("the deliveries under a key of any bytes", len(o.Deliveries), 1)
	}
	u := finished("big")
	u.Size = 1<<53 + 1
	f.must(f.Uploads.FinishUpload(ctx, u))
	got, err := f.Uploads.Upload(ctx, "big")
	f.must(err)
	f.same("the size", got.Size, u.Size)
	for _, name := range []string{"\x00", "first\x00", "\xff\xfe", "ﬁrst", "FIRST", " first", "first "} {
		_, err := f.Orders.Order(ctx, name)
		f.refused(err, order.NotFound)
		_, err = f.Orders.OrderByReview(ctx, name)
		f.refused(err, order.NotFound)
		_, err = f.Uploads.Upload(ctx, name)
		f.refused(err, order.NotFound)
		_, err = f.Accounts.Session(ctx, name)
		f.refused(err, order.NotFound)
		_, err = f.Accounts.AccountByEmail(ctx, name)
		f.refused(err, order.NotFound)
		_, err = f.Orders.Change(ctx, store.Change{Order: "first", Uploads: []string{name}, Apply: apply(work, start)})
		f.refused(err, order.UploadMissing)
		_, err = f.Orders.Change(ctx, store.Change{Order: name, Apply: apply(work, start)})
		f.refused(err, order.NotFound)
		f.must(f.Uploads.DropUpload(ctx, name))
		f.same("the list by "+name, len(f.list(store.Query{SellerID: "eva", Text: name}).Orders) > 0, name == "FIRST" || name == " first")
		f.same("events of "+name, len(f.events(store.EventQuery{OrderID: name})), 0)
	}
}
