package bolt_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

var (
	t0     = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	policy = order.DefaultPolicy()
)

// till is a store whose clock the test sets.
type till struct {
	*bolt.Store
	path string
	now  time.Time
}

// fatal is what *testing.T and *rapid.T have in common.
type fatal interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func openTill(t testing.TB) *till {
	t.Helper()
	path := filepath.Join(t.TempDir(), "handover.db")
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	c := &till{Store: s, path: path, now: t0}
	t.Cleanup(func() {
		if problems, err := c.Checks.CheckLedger(context.Background()); err != nil || len(problems) > 0 {
			t.Errorf("the ledger at the end: %v, %v", problems, err)
		}
		c.Close()
	})
	return c
}

func (c *till) place(t fatal, id, seller string, price order.Money) {
	t.Helper()
	o, e, err := order.Place(order.Order{
		ID: id, SellerID: seller, Title: "Film " + id, Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"},
		Price: price, DueAt: c.now.Add(48 * time.Hour),
	}, c.now)
	if err == nil {
		_, err = c.Orders.Place(context.Background(), o, e, "hash of "+id)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// try lets a party act, whether or not it may.
func (c *till) try(t fatal, id string, a order.Action, by order.Party) {
	t.Helper()
	_, err := c.Orders.Change(context.Background(), store.Change{Order: id, Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.Apply(order.Command{
			Action: a, By: by, Message: "m", Days: 1, Work: order.Work{Description: "d", ConfirmNoFiles: true},
		}, c.now, policy)
	}})
	if _, refused := err.(*order.Error); err != nil && !refused { //nolint:errorlint // the domain's own, never wrapped
		t.Fatal(err)
	}
}

func (c *till) wait(t fatal, d time.Duration) {
	t.Helper()
	c.now = c.now.Add(d)
	if _, err := c.Deadlines.AdvanceDue(context.Background(), c.now, policy, 1_000); err != nil {
		t.Fatal(err)
	}
}

func (c *till) totals(t fatal, seller string) map[string]order.Earnings {
	t.Helper()
	months, err := c.Ledger.Earnings(context.Background(), seller)
	if err != nil {
		t.Fatal(err)
	}
	totals := map[string]order.Earnings{}
	for _, m := range months {
		totals[m.Currency] = totals[m.Currency].Plus(m.Earnings)
	}
	return totals
}

func euro(hundredths int64) order.Money { return order.Money{Hundredths: hundredths, Currency: "EUR"} }

// Whatever happens to however many orders, what a seller has pending, clearing
// and cleared is what the orders say.
func TestTotalsAgreeWithTheOrders(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := openTill(t)
		sellers, currencies := []string{"s1", "s2"}, []string{"EUR", "USD"}
		for i := range rapid.IntRange(1, 4).Draw(r, "orders") {
			c.place(r, fmt.Sprint("o", i), rapid.SampledFrom(sellers).Draw(r, "seller"), order.Money{
				Hundredths: rapid.Int64Range(0, 1_000_000).Draw(r, "price"), Currency: rapid.SampledFrom(currencies).Draw(r, "currency"),
			})
		}
		for range rapid.IntRange(0, 25).Draw(r, "steps") {
			c.wait(r, time.Duration(rapid.Int64Range(0, int64(200*time.Hour)).Draw(r, "wait")))
			orders, err := ordersOf(c)
			if err != nil {
				r.Fatal(err)
			}
			c.try(r, rapid.SampledFrom(orders).Draw(r, "order").ID, rapid.SampledFrom(order.Actions()).Draw(r, "action"),
				rapid.SampledFrom([]order.Party{order.Seller, order.Buyer}).Draw(r, "by"))
		}
		if problems, err := c.Checks.CheckLedger(context.Background()); err != nil || len(problems) > 0 {
			r.Fatal(problems, err)
		}
		orders, err := ordersOf(c)
		if err != nil {
			r.Fatal(err)
		}
		for _, seller := range sellers {
			totals := c.totals(r, seller)
			for _, currency := range currencies {
				want := map[order.PaymentStatus]int64{}
				for _, o := range orders {
					if o.SellerID == seller && o.Price.Currency == currency {
						want[o.Payment(c.now)] += o.Price.Hundredths
					}
				}
				got := totals[currency]
				if got.Pending() != want[order.Pending] || got.Clearing() != want[order.Clearing] || got.Cleared != want[order.Cleared] || got.Cancelled != want[order.Void] {
					r.Fatalf("%s has %+v; the orders say %v", seller, got, want)
				}
			}
		}
	})
}

func ordersOf(c *till) (orders []order.Order, err error) {
	err = c.Orders.EachOrder(context.Background(), func(o order.Order) error {
		orders = append(orders, o)
		return nil
	})
	return orders, err
}

func TestTheCheckFindsWhatTheLedgerHasWrong(t *testing.T) {
	for name, spoil := range map[string]func(*bbolt.Tx) error{
		"an entry lost":         func(tx *bbolt.Tx) error { return dropFirst(tx, "ledger") },
		"sums lost":             func(tx *bbolt.Tx) error { return dropFirst(tx, "earnings") },
		"an order lost":         func(tx *bbolt.Tx) error { return dropFirst(tx, "orders") },
		"another amount":        func(tx *bbolt.Tx) error { return replace(tx, "ledger", "12000", "12001") },
		"another price":         func(tx *bbolt.Tx) error { return replace(tx, "orders", "12000", "12001") },
		"another sum":           func(tx *bbolt.Tx) error { return replace(tx, "earnings", "12000", "12001") },
		"another status":        func(tx *bbolt.Tx) error { return replace(tx, "ledger", "clearing", "cleared") },
		"not JSON":              func(tx *bbolt.Tx) error { return replace(tx, "ledger", "{", "") },
		"another seller's":      func(tx *bbolt.Tx) error { return replace(tx, "ledger", `"seller":"s1"`, `"seller":"s2"`) },
		"an order not readable": func(tx *bbolt.Tx) error { return replace(tx, "orders", "{", "") },
	} {
		t.Run(name, func(t *testing.T) {
			c := openTill(t)
			c.place(t, "o1", "s1", euro(12_000))
			c.try(t, "o1", order.Deliver, order.Seller)
			c.try(t, "o1", order.Accept, order.Buyer)
			changed := filepath.Join(t.TempDir(), "copy.db")
			reopenRaw(t, c, changed, spoil)
			s, err := bolt.Open(changed)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			problems, err := s.Checks.CheckLedger(t.Context())
			if err != nil || len(problems) == 0 {
				t.Errorf("nothing was found: %v, %v", problems, err)
			}
		})
	}
}

// Data from before there was a ledger gets one, and its payments clear, each
// once and at its own time.
func TestOlderDataGetsItsLedger(t *testing.T) {
	c := openTill(t)
	c.place(t, "o1", "s1", euro(12_000))
	c.try(t, "o1", order.Deliver, order.Seller)
	c.try(t, "o1", order.Accept, order.Buyer) // clears in 14 days
	c.place(t, "o2", "s1", euro(500))
	c.try(t, "o2", order.ProposeCancellation, order.Seller)
	c.try(t, "o2", order.AgreeCancellation, order.Buyer)
	c.place(t, "o3", "s1", euro(30)) // due in 48 h

	older := filepath.Join(t.TempDir(), "older.db")
	reopenRaw(t, c, older, func(tx *bbolt.Tx) error {
		for _, name := range []string{"ledger", "earnings", "deadlines"} {
			if err := tx.DeleteBucket([]byte(name)); err != nil {
				return err
			}
		}
		return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte("\x00\x00\x00\x00\x00\x00\x00\x01"))
	})
	for range 2 { // opening twice changes nothing
		s, err := bolt.Open(older)
		if err != nil {
			t.Fatal(err)
		}
		d := &till{Store: s, now: t0}
		if problems, err := s.Checks.CheckLedger(t.Context()); err != nil || len(problems) > 0 {
			t.Errorf("%v, %v", problems, err)
		}
		if due, err := s.Deadlines.NextDeadline(t.Context()); err != nil || !due.Equal(t0.Add(24*time.Hour)) {
			t.Errorf("waits for %s, %v", due, err)
		}
		if got := d.totals(t, "s1")["EUR"]; got != (order.Earnings{Placed: 12_530, Completed: 12_000, Cancelled: 500}) {
			t.Errorf("%+v", got)
		}
		s.Close()
	}
	s, err := bolt.Open(older)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d := &till{Store: s, now: t0}
	seq, err := s.EventLog.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.wait(t, 9_000*time.Hour)
	d.wait(t, time.Hour)
	events, err := s.EventLog.Events(t.Context(), store.EventQuery{After: seq, Limit: 100})
	if err != nil || len(events) != 1 || events[0].Type != order.PaymentCleared || events[0].Order != "o1" || !events[0].At.Equal(t0.Add(policy.ClearingPeriod)) {
		t.Errorf("%+v, %v", events, err)
	}
	if got := d.totals(t, "s1")["EUR"]; got.Cleared != 12_000 || got.Pending() != 30 {
		t.Errorf("%+v", got)
	}
}

// reopenRaw copies the store's file and changes the copy.
func reopenRaw(t *testing.T, c *till, to string, change func(*bbolt.Tx) error) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(c.path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.View(func(tx *bbolt.Tx) error { return tx.CopyFile(to, 0o600) }); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if c.Store, err = bolt.Open(c.path); err != nil {
		t.Fatal(err)
	}
	if db, err = bbolt.Open(to, 0o600, nil); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(change); err != nil {
		t.Fatal(err)
	}
}

func dropFirst(tx *bbolt.Tx, bucket string) error {
	k, _ := tx.Bucket([]byte(bucket)).Cursor().First()
	return tx.Bucket([]byte(bucket)).Delete(k)
}

// replace changes the text in every document of the bucket that has it.
func replace(tx *bbolt.Tx, bucket, old, with string) error {
	b, n := tx.Bucket([]byte(bucket)), 0
	changed := map[string]string{}
	err := b.ForEach(func(k, v []byte) error {
		if strings.Contains(string(v), old) {
			changed[string(k)] = strings.Replace(string(v), old, with, 1)
		}
		return nil
	})
	for k, v := range changed {
		n++
		if err := b.Put([]byte(k), []byte(v)); err != nil {
			return err
		}
	}
	if n == 0 && err == nil {
		return fmt.Errorf("nothing in %s has %q", bucket, old)
	}
	return err
}
