package notify_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"handover/backend/internal/notify"
	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// tb is what a testing.T and a rapid.T have in common.
type tb interface {
	Helper()
	Fatalf(format string, args ...any)
}

// data is a real store of orders, whose file can be opened again.
type data struct {
	t    tb
	path string
	now  func() time.Time
	db   *bolt.Store
	store.Orders
	store.Deadlines
	store.EventLog
	store.Annotations
	store.Accounts
	store.Outboxes
}

func open(t tb, dir string, now func() time.Time) *data {
	d := &data{t: t, path: filepath.Join(dir, "handover.db"), now: now}
	d.reopen()
	return d
}

// opened is a store for one test, with a seller.
func opened(t *testing.T, now func() time.Time) *data {
	t.Helper()
	d := open(t, t.TempDir(), now)
	t.Cleanup(func() { d.db.Close() })
	d.seller(order.Account{ID: "eva", Email: "eva@example.org", Name: "Eva Editor", Language: order.German})
	return d
}

// reopen opens the file, as after a crash.
func (d *data) reopen() {
	d.t.Helper()
	if d.db != nil {
		d.check(d.db.Close())
	}
	s, err := bolt.Open(d.path)
	d.check(err)
	d.db, d.Orders, d.Deadlines, d.EventLog = s, s.Orders, s.Deadlines, s.EventLog
	d.Annotations, d.Accounts, d.Outboxes = s.Annotations, s.Accounts, s.Outboxes
}

func (d *data) check(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatalf("%v", err)
	}
}

func (d *data) seller(a order.Account) {
	d.t.Helper()
	d.check(d.AddAccount(context.Background(), a))
}

// bea is the usual buyer.
var bea = order.Contact{Name: "Bea Buyer", Email: "bea@example.org"}

// place stores an order that is due in three days.
func (d *data) place(id, title string, buyer order.Contact) order.Order {
	d.t.Helper()
	o, e, err := order.Place(order.Order{
		ID: id, SellerID: "eva", Title: title, Buyer: buyer, DueAt: d.now().Add(72 * time.Hour),
		Price: order.Money{Hundredths: 12000, Currency: "EUR"},
	}, d.now())
	d.check(err)
	o, err = d.Place(context.Background(), o, e, "hash of "+id)
	d.check(err)
	return o
}

// do applies commands to an order; the comments of a command are written before.
func (d *data) do(id string, commands ...order.Command) {
	d.t.Helper()
	for _, c := range commands {
		change := store.Change{Order: id}
		d.check(d.ChangeComments(context.Background(), id, func(_ order.Order, comments []order.Comment) ([]order.Comment, error) {
			return append(comments, c.Comments...), nil
		}))
		if len(c.Points)+len(c.Work.Done) > 0 {
			change.Comments = &c.Comments
		}
		change.Apply = func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
			return o.Apply(c, d.now(), order.DefaultPolicy())
		}
		_, err := d.Change(context.Background(), change)
		d.check(err)
	}
}

// happen adds an event that no command makes.
func (d *data) happen(id string, e order.Event) {
	d.t.Helper()
	_, err := d.Change(context.Background(), store.Change{Order: id, Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		e.Order, e.Seller, e.At, e.Status = o.ID, o.SellerID, d.now(), o.Status
		e.Delivery, e.ReviewEndsAt = len(o.Deliveries), o.ReviewEndsAt
		return []order.Event{e}, nil
	}})
	d.check(err)
}

func message(by order.Party, text string) order.Command {
	return order.Command{Action: order.WriteMessage, By: by, Message: text}
}

// config is the configuration of a service on the store.
func (d *data) config() notify.Config {
	return notify.Config{
		Store: d, Now: d.now, Log: quiet,
		ReviewURL: func(o order.Order) string { return "https://handover.example.org/review/token-of-" + o.ID },
		OpenURL:   func(id string) string { return "https://handover.example.org/open/" + id },
	}
}

// start starts a service, and returns what ends it at once.
func start(t tb, s *notify.Service) (stop func()) {
	t.Helper()
	if err := s.Start(context.Background()); err != nil {
		t.Fatalf("start: %v", err)
	}
	return sync.OnceFunc(func() {
		ended, cancel := context.WithCancel(context.Background())
		cancel()
		s.Close(ended)
	})
}

// inbox is a receiver that can refuse.
type inbox struct {
	refuse func(e order.Event, entry store.Entry) error

	mu    sync.Mutex
	tried []store.Entry
	got   []store.Entry
}

func (i *inbox) sender() *notify.FakeSender {
	return &notify.FakeSender{Send: func(_ context.Context, e order.Event, entry store.Entry) error {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.tried = append(i.tried, entry)
		if i.refuse != nil {
			if err := i.refuse(e, entry); err != nil {
				return err
			}
		}
		i.got = append(i.got, entry)
		return nil
	}}
}

// with changes what the sender reads.
func (i *inbox) with(f func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	f()
}

func (i *inbox) received() []store.Entry {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]store.Entry(nil), i.got...)
}

func (i *inbox) attempts() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.tried)
}

func seqs(entries []store.Entry) []uint64 {
	list := make([]uint64, len(entries))
	for i, e := range entries {
		list[i] = e.Seq
	}
	return list
}

var errDown = errors.New("down")

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
