package storetest

import (
	"errors"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

func (f *fixture) signIn(hash, account string, used time.Time) store.Session {
	f.Helper()
	s := store.Session{TokenHash: hash, AccountID: account, CreatedAt: start, UsedAt: used}
	f.must(f.Accounts.AddSession(f.Context(), s))
	return s
}

func sessionLists(f *fixture) {
	ctx := f.Context()
	old := f.signIn("old", "1", start.Add(-1))
	last := f.signIn("last", "1", start.Add(time.Hour))
	edge := f.signIn("edge", "1", start)
	other := f.signIn("other", "2", start.Add(-time.Hour))
	list, err := f.Accounts.Sessions(ctx, "1")
	f.must(err)
	f.same("the list", list, []store.Session{last, edge, old})
	n, err := f.Accounts.PurgeSessions(ctx, start)
	f.must(err)
	f.same("how many are forgotten", n, 2)
	list, err = f.Accounts.Sessions(ctx, "1")
	f.must(err)
	f.same("what is left", list, []store.Session{last, edge})
	_, err = f.Accounts.Session(ctx, other.TokenHash)
	f.refused(err, order.NotFound)
	n, err = f.Accounts.PurgeSessions(ctx, start)
	f.must(err)
	f.same("how many are forgotten the second time", n, 0)
}

func accountChanges(f *fixture) {
	ctx := f.Context()
	eva := order.Account{ID: "1", Email: "eva@example.org", Name: "Eva", PasswordHash: "hash", CreatedAt: start}
	f.must(f.Accounts.AddAccount(ctx, eva))
	rename := func(a *order.Account) error { a.Name, a.DisabledAt = "Eva Müller", start; return nil }
	_, err := f.Accounts.ChangeAccount(ctx, store.AccountChange{Account: "absent", Apply: rename})
	f.refused(err, order.NotFound)
	got, err := f.Accounts.ChangeAccount(ctx, store.AccountChange{Account: "1", Apply: rename})
	f.must(err)
	eva.Name, eva.DisabledAt = "Eva Müller", start
	f.same("what was returned", got, eva)
	got, err = f.Accounts.AccountByEmail(ctx, "eva@example.org")
	f.must(err)
	f.same("what is stored", got, eva)
}

func accountEndsSessions(f *fixture) {
	ctx := f.Context()
	f.must(f.Accounts.AddAccount(ctx, order.Account{ID: "1", Email: "eva@example.org"}))
	f.signIn("here", "1", start)
	f.signIn("there", "1", start)
	f.signIn("other", "2", start)
	left := func() (hashes []string) {
		for _, account := range []string{"1", "2"} {
			list, err := f.Accounts.Sessions(ctx, account)
			f.must(err)
			for _, s := range list {
				hashes = append(hashes, s.TokenHash)
			}
		}
		return hashes
	}
	refused := errors.New("no")
	if _, err := f.Accounts.ChangeAccount(ctx, store.AccountChange{Account: "1", EndSessions: true, Apply: func(a *order.Account) error {
		a.Name = "changed"
		return refused
	}}); !errors.Is(err, refused) {
		f.Errorf("a refused change returns %v", err)
	}
	f.same("after a refused change", len(left()), 3)
	a, err := f.Accounts.Account(ctx, "1")
	f.must(err)
	f.same("the name after a refused change", a.Name, "")
	nothing := func(*order.Account) error { return nil }
	_, err = f.Accounts.ChangeAccount(ctx, store.AccountChange{Account: "1", EndSessions: true, Keep: "here", Apply: nothing})
	f.must(err)
	f.same("all but one", left(), []string{"here", "other"})
	_, err = f.Accounts.ChangeAccount(ctx, store.AccountChange{Account: "1", Apply: nothing})
	f.must(err)
	f.same("none", left(), []string{"here", "other"})
	_, err = f.Accounts.ChangeAccount(ctx, store.AccountChange{Account: "1", EndSessions: true, Apply: nothing})
	f.must(err)
	f.same("all", left(), []string{"other"})
}

func counts(f *fixture) {
	ctx := f.Context()
	want := func(active, delivered, completed int) {
		f.Helper()
		got, err := f.Orders.CountOrders(ctx)
		f.must(err)
		f.same("the counts", got, map[order.Status]int{
			order.Active: active, order.Delivered: delivered, order.InRevision: 0, order.Completed: completed, order.Cancelled: 0,
		})
	}
	want(0, 0, 0)
	f.place("first", "eva", time.Hour)
	f.place("second", "otto", time.Hour)
	want(2, 0, 0)
	_, err := f.Orders.Change(ctx, store.Change{Order: "first", Apply: apply(work, start)})
	f.must(err)
	want(1, 1, 0)
	_, err = f.Deadlines.AdvanceDue(ctx, start.Add(order.DefaultPolicy().ReviewPeriod), order.DefaultPolicy(), 10)
	f.must(err)
	want(1, 0, 1)
}
