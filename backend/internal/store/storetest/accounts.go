package storetest

import (
	"sync"
	"sync/atomic"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

func accounts(f *fixture) {
	ctx := f.Context()
	eva := order.Account{ID: "1", Email: "Eva@Example.org", Name: "Eva Müller", PasswordHash: "hash", CreatedAt: start, Language: order.German}
	otto := order.Account{ID: "2", Email: "otto@example.org", Name: "Otto", PasswordHash: "hash", CreatedAt: start}
	f.must(f.Accounts.AddAccount(ctx, otto))
	f.must(f.Accounts.AddAccount(ctx, eva))
	f.refused(f.Accounts.AddAccount(ctx, order.Account{ID: "3", Email: "eva@EXAMPLE.org"}), order.Exists)
	_, err := f.Accounts.Account(ctx, "3")
	f.refused(err, order.NotFound)
	for _, email := range []string{"Eva@Example.org", "eva@example.org", "EVA@EXAMPLE.ORG"} {
		a, err := f.Accounts.AccountByEmail(ctx, email)
		f.must(err)
		f.same("the account of "+email, a, eva)
	}
	a, err := f.Accounts.Account(ctx, "2")
	f.must(err)
	f.same("the account", a, otto)
	list, err := f.Accounts.ListAccounts(ctx)
	f.must(err)
	f.same("the list", list, []order.Account{eva, otto})

	var added atomic.Int32
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if err := f.Accounts.AddAccount(ctx, order.Account{ID: "same", Email: "same@example.org"}); err != nil {
				f.refused(err, order.Exists)
				return
			}
			added.Add(1)
		})
	}
	group.Wait()
	f.same("how often one address was added at once", added.Load(), 1)
}

func sessions(f *fixture) {
	ctx := f.Context()
	s := store.Session{TokenHash: "hash", AccountID: "1", CreatedAt: start, UsedAt: start}
	other := store.Session{TokenHash: "other", AccountID: "1", CreatedAt: start, UsedAt: start}
	f.must(f.Accounts.AddSession(ctx, s))
	f.must(f.Accounts.AddSession(ctx, other))
	s.UsedAt = start.Add(time.Hour)
	f.must(f.Accounts.TouchSession(ctx, "hash", s.UsedAt))
	got, err := f.Accounts.Session(ctx, "hash")
	f.must(err)
	f.same("the session", got, s)
	f.must(f.Accounts.DropSession(ctx, "hash"))
	f.must(f.Accounts.DropSession(ctx, "hash"))
	_, err = f.Accounts.Session(ctx, "hash")
	f.refused(err, order.NotFound)
	f.refused(f.Accounts.TouchSession(ctx, "hash", start), order.NotFound)
	got, err = f.Accounts.Session(ctx, "other")
	f.must(err)
	f.same("the other session", got, other)
}

func uploads(f *fixture) {
	ctx := f.Context()
	f.must(f.Uploads.FinishUpload(ctx, finished("one")))
	u, err := f.Uploads.Upload(ctx, "one")
	f.must(err)
	f.same("the upload", u, finished("one"))
	f.must(f.Uploads.DropUpload(ctx, "one"))
	f.must(f.Uploads.DropUpload(ctx, "one"))
	_, err = f.Uploads.Upload(ctx, "one")
	f.refused(err, order.NotFound)
}

// finishTwice finishes a delivered upload again. Its record must stay delivered.
func finishTwice(f *fixture) {
	ctx := f.Context()
	f.place("first", "eva", time.Hour)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := f.Uploads.FinishUpload(ctx, finished("one")); err != nil {
				f.Error(err)
			}
		})
	}
	group.Wait()
	_, err := f.Orders.Change(ctx, store.Change{Order: "first", Uploads: []string{"one"}, Apply: apply(work, start)})
	f.must(err)
	f.must(f.Uploads.FinishUpload(ctx, finished("one")))
	u, err := f.Uploads.Upload(ctx, "one")
	f.must(err)
	f.same("the delivery", u.DeliveredIn, 1)
	f.refused(f.Uploads.DropUpload(ctx, "one"), order.Conflict)
}
