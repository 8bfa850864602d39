// Package storetest tests an implementation of package store against the
// contract. The tests of an implementation call [Run], and test files, locks and
// formats themselves.
//
// A new promise in package store gets a function here and a line in Run.
package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Run runs every check on a separate store. open returns the records of an empty
// store, and Run calls the closer at the end.
func Run(t *testing.T, open func(t *testing.T) (store.Records, io.Closer)) {
	for _, check := range []struct {
		name string
		run  func(*fixture)
	}{
		{"what is not there is not found", notFound},
		{"an order comes back as it was placed", placed},
		{"an order's ID is taken once", placedTwice},
		{"texts and names of any kind", texts},
		{"notes about drafts are kept by order", draftPresence},
		{"comments are kept by order, and change without a trace", comments},
		{"a change takes the comments along, or leaves them", changeWithComments},
		{"an order that completes sends the rest of its comments", restOfComments},
		{"whoever watches comments is told of changes", watchedComments},
		{"comments and a change at once lose nothing", concurrentComments},
		{"a buyer's token opens its order", review},
		{"a renewed link replaces the one before", reviewRenewed},
		{"a viewer's token opens its order, and is no buyer's", views},
		{"a viewer's look is noted, quietly", viewed},
		{"several orders are placed at once", placeAll},
		{"of several orders all are placed or none", placeNone},
		{"a placement's key works once", placeKey},
		{"every order is visited until an error", eachOrder},
		{"a change is kept whole", change},
		{"a change without events changes nothing", changeNothing},
		{"a refusal keeps what time did", refusalWithEvents},
		{"a refusal without events keeps nothing", refusalWithoutEvents},
		{"a key works once", idempotency},
		{"a refused change leaves its key free", keyAfterRefusal},
		{"uploads of a change are delivered", delivered},
		{"a missing upload refuses a change", uploadMissing},
		{"changes at once lose nothing", concurrentChanges},
		{"a key used at once works once", concurrentKey},
		{"events are numbered without a gap", seqs},
		{"events of one order and of one seller", eventFilters},
		{"events by the page", eventPages},
		{"a new event is announced", changed},
		{"nothing new is not announced", notChanged},
		{"lists are in order of due dates", listOrder},
		{"lists by the page", listPages},
		{"lists of one status", listStatus},
		{"lists by text", listText},
		{"lists of what matches, by the page, and their summary", listMatches},
		{"lists stay right while orders change", listWhileChanging},
		{"a changed order moves in its lists", listMoves},
		{"a wrong cursor is refused", listCursor},
		{"the next deadline follows the orders", nextDeadline},
		{"time acts on what is due, up to a limit", advanceDue},
		{"time completes at the deadline", advanceMoment},
		{"time reminds once, and quietly", reminder},
		{"views are recorded once, and quietly", recordViews},
		{"the ledger follows the events", ledger},
		{"accounts", accounts},
		{"sessions", sessions},
		{"sessions of an account, and old ones", sessionLists},
		{"an account changes", accountChanges},
		{"an account changes with its sessions", accountEndsSessions},
		{"orders are counted by status", counts},
		{"uploads", uploads},
		{"an upload finishes once", finishTwice},
		{"an outbox that was never used", outboxUnused},
		{"an outbox keeps entries and cursor, by channel", outboxKeeps},
		{"an outbox keeps the state of an entry", outboxState},
		{"an outbox forgets what was sent", outboxDrops},
		{"a channel that is switched off keeps its entries", outboxOff},
		{"every upload is visited until an error", eachUpload},
		{"contents of each seller count once", contents},
	} {
		t.Run(check.name, func(t *testing.T) {
			s, db := open(t)
			t.Cleanup(func() {
				if problems, err := s.Checks.Verify(context.Background()); err != nil {
					t.Errorf("verify the store: %v", err)
				} else if problems = slices.DeleteFunc(problems, lacking); len(problems) > 0 {
					t.Errorf("the store contradicts itself: %q", problems)
				}
				if problems, err := s.Checks.CheckLedger(context.Background()); err != nil || len(problems) > 0 {
					t.Errorf("the ledger at the end: %q, %v", problems, err)
				}
				if err := db.Close(); err != nil {
					t.Errorf("close the store: %v", err)
				}
			})
			check.run(&fixture{t, s})
		})
	}
}

// lacking reports whether the tests themselves cause the problem. They place orders
// of sellers without accounts, and finish uploads without orders.
func lacking(problem string) bool {
	return strings.HasSuffix(problem, "no account") || strings.HasPrefix(problem, "upload ")
}

// start is the start of every test. It has nanoseconds, which a store must keep.
var start = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

// fixture is a store under test with shorthands that end the test on an error.
type fixture struct {
	*testing.T
	store.Records
}

// build returns a new order of the seller. due counts from the start.
func build(id, seller string, due time.Duration) (order.Order, order.Event) {
	o, e, err := order.Place(order.Order{
		ID: id, SellerID: seller, Title: "Film " + id, DueAt: start.Add(due),
		Buyer: order.Contact{Name: "Bea " + id, Email: "bea@example.org", Language: order.German},
		Price: order.Money{Hundredths: 12050, Currency: "EUR"},
	}, start)
	if err != nil {
		panic(err) // the values above are right
	}
	return o, e
}

func (f *fixture) place(id, seller string, due time.Duration) order.Order {
	f.Helper()
	o, e := build(id, seller, due)
	o, err := f.Orders.Place(f.Context(), o, e, "review of "+id)
	f.must(err)
	return o
}

// apply applies a command at a time, as the server does.
func apply(c order.Command, at time.Time) func(*order.Order, []order.Upload) ([]order.Event, error) {
	return func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.Apply(c, at, order.DefaultPolicy())
	}
}

var work = order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{
	Description: "The film", Links: []order.Link{{URL: "https://example.org/film"}},
	Symlinks: []order.Symlink{{Path: "F.framework/F", Target: "Versions/A/F"}},
}}

func message(text string) order.Command {
	return order.Command{Action: order.WriteMessage, By: order.Buyer, Message: text}
}

func (f *fixture) do(id string, c order.Command, at time.Time) order.Order {
	f.Helper()
	o, err := f.Orders.Change(f.Context(), store.Change{Order: id, Apply: apply(c, at)})
	f.must(err)
	return o
}

// get returns an order that must exist.
func (f *fixture) get(id string) order.Order {
	f.Helper()
	o, err := f.Orders.Order(f.Context(), id)
	f.must(err)
	return o
}

func (f *fixture) events(q store.EventQuery) []order.Event {
	f.Helper()
	if q.Limit == 0 {
		q.Limit = 1_000_000
	}
	events, err := f.EventLog.Events(f.Context(), q)
	f.must(err)
	return events
}

func (f *fixture) list(q store.Query) store.Page {
	f.Helper()
	if q.Limit == 0 {
		q.Limit = 500
	}
	page, err := f.Orders.List(f.Context(), q)
	f.must(err)
	return page
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// refused checks that err has the code.
func (f *fixture) refused(err error, code order.Code) {
	f.Helper()
	if !errors.Is(err, &order.Error{Code: code}) {
		f.Errorf("the error is %v, want one with the code %s", err, code)
	}
}

// same compares values as JSON. The contract does not tell nil from an empty list,
// and equal times have the same zone.
func (f *fixture) same(what string, got, want any) {
	f.Helper()
	g, err := json.Marshal(got)
	f.must(err)
	w, err := json.Marshal(want)
	f.must(err)
	if noList := []byte("null"); bytes.Equal(bytes.ReplaceAll(g, noList, []byte("[]")), bytes.ReplaceAll(w, noList, []byte("[]"))) {
		return
	}
	f.Errorf("%s is\n%s\nwant\n%s", what, g, w)
}

func ids(orders []order.Order) []string {
	return slices.Collect(func(yield func(string) bool) {
		for _, o := range orders {
			if !yield(o.ID) {
				return
			}
		}
	})
}

func types(events []order.Event) []order.EventType {
	list := make([]order.EventType, len(events))
	for i, e := range events {
		list[i] = e.Type
	}
	return list
}
