package bolt_test

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/internal/store/storetest"
	"handover/backend/order"
)

func open(t *testing.T, path string) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (store.Records, io.Closer) {
		s := open(t, filepath.Join(t.TempDir(), "handover.db"))
		return s.Records, s
	})
}

// everything reads all that a store holds of the order "first".
func everything(t *testing.T, s *bolt.Store) []any {
	t.Helper()
	var all []any
	keep := func(v any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	ctx := t.Context()
	o, err := s.Orders.Order(ctx, "first")
	keep(o, err)
	o, err = s.Orders.OrderByReview(ctx, "review")
	keep(o, err)
	page, err := s.Orders.List(ctx, store.Query{SellerID: "eva", Limit: 10})
	keep(page, err)
	due, err := s.Deadlines.NextDeadline(ctx)
	keep(due, err)
	events, err := s.EventLog.Events(ctx, store.EventQuery{SellerID: "eva", Limit: 10})
	keep(events, err)
	seq, err := s.EventLog.LastSeq(ctx)
	keep(seq, err)
	a, err := s.Accounts.AccountByEmail(ctx, "eva@example.org")
	keep(a, err)
	session, err := s.Accounts.Session(ctx, "token")
	keep(session, err)
	u, err := s.Uploads.Upload(ctx, "one")
	keep(u, err)
	outbox, err := s.Outboxes.Outbox(ctx, "mail")
	keep(outbox, err)
	return all
}

func TestReopeningKeepsEverything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	s := open(t, path)
	ctx, now := t.Context(), time.Date(2026, 3, 1, 12, 0, 0, 1, time.UTC)
	o, e, err := order.Place(order.Order{
		ID: "first", SellerID: "eva", Title: "Film", DueAt: now, Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"},
	}, now)
	if err != nil {
		t.Fatal(err)
	}
	deliver := store.Change{Order: "first", Key: "k", Request: "r", Uploads: []string{"one"},
		Apply: func(o *order.Order, u []order.Upload) ([]order.Event, error) {
			return o.Apply(order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{
				Description: "It", Files: []order.File{{ID: u[0].ID, Path: u[0].Path, Size: u[0].Size}},
			}}, now, order.DefaultPolicy())
		}}
	_, placed := s.Orders.Place(ctx, o, e, "review")
	account := s.Accounts.AddAccount(ctx, order.Account{ID: "eva", Email: "Eva@example.org"})
	session := s.Accounts.AddSession(ctx, store.Session{TokenHash: "token", AccountID: "eva", CreatedAt: now, UsedAt: now})
	upload := s.Uploads.FinishUpload(ctx, order.Upload{ID: "one", SellerID: "eva", OrderID: "first", Path: "a", Size: 3})
	_, delivered := s.Orders.Change(ctx, deliver)
	outbox := s.Outboxes.TakeOver(ctx, "mail", 2, []store.Entry{{Seq: 1, Order: "first"}, {Seq: 2, Order: "first", Attempts: 3}})
	if err := errors.Join(placed, account, session, upload, delivered, outbox); err != nil {
		t.Fatal(err)
	}
	before := everything(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = open(t, path)
	defer s.Close()
	for i, after := range everything(t, s) {
		if !reflect.DeepEqual(after, before[i]) {
			t.Errorf("reopened, the store says\n%+v\nand said\n%+v", after, before[i])
		}
	}
	o, err = s.Orders.Change(ctx, deliver)
	if err != nil || len(o.Deliveries) != 1 {
		t.Errorf("the key of before: %d deliveries, error %v; want 1 and none", len(o.Deliveries), err)
	}
	if err := s.Uploads.DropUpload(ctx, "one"); !errors.Is(err, &order.Error{Code: order.Conflict}) {
		t.Errorf("dropping what was delivered before: %v", err)
	}
}

func TestNewerFormatIsRefusedAndLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	newer := binary.BigEndian.AppendUint64(nil, 1_000_000)
	err = db.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("format"), newer) })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // refused again, and not locked by the first attempt
		if s, err := bolt.Open(path); err == nil {
			s.Close()
			t.Fatal("a newer format was opened")
		} else if errors.Is(err, bolt.ErrInUse) || !strings.Contains(err.Error(), "1000000") {
			t.Errorf("the refusal does not name the format: %v", err)
		}
	}
}

func TestTwoOpeners(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	first := open(t, path)
	if _, err := bolt.Open(path); !errors.Is(err, bolt.ErrInUse) {
		t.Errorf("the second opener gets %v, want ErrInUse", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path).Close(); err != nil {
		t.Errorf("open after the first closed: %v", err)
	}
}

func TestWhatIsNoDatabase(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{text, filepath.Join(dir, "absent", "handover.db"), dir} {
		if s, err := bolt.Open(path); err == nil {
			s.Close()
			t.Errorf("%s was opened", path)
		}
	}
	if raw, err := os.ReadFile(text); err != nil || !strings.HasPrefix(string(raw), "no database\n") {
		t.Errorf("the file that is no database was changed: %v", err)
	}
}

func TestOnlyTheOwnerReadsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "handover.db")
	s := open(t, path)
	defer s.Close()
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, error %v; want 0600", info.Mode(), err)
	}
}

// A failing file must never look like success or like a refusal.
func TestClosedStore(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "handover.db"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var refused *order.Error
	_, err := s.Orders.Order(t.Context(), "first")
	_, changed := s.Orders.Change(t.Context(), store.Change{Order: "first"})
	for _, err := range []error{err, changed, s.Uploads.FinishUpload(t.Context(), order.Upload{ID: "one"})} {
		if err == nil || errors.As(err, &refused) {
			t.Errorf("the closed store answers %v", err)
		}
	}
}
