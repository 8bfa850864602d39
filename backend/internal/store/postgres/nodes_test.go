package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/internal/store/postgres"
	"handover/backend/internal/store/postgres/pgtest"
	"handover/backend/order"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 1, time.UTC)

// stores opens n stores on one new database, as so many servers do.
func stores(t testing.TB, n int) ([]*postgres.Store, string) {
	t.Helper()
	address := cluster.Database(t)
	all := make([]*postgres.Store, n)
	for i := range all {
		all[i] = open(t, address)
		t.Cleanup(func() { sound(t, all[i]) })
	}
	return all, address
}

// sound verifies a store and closes it.
func sound(t testing.TB, s *postgres.Store) {
	t.Helper()
	problems, err := s.Checks.Verify(context.Background())
	ledger, ledgerErr := s.Checks.CheckLedger(context.Background())
	problems = slices.DeleteFunc(append(problems, ledger...), func(p string) bool { return strings.HasSuffix(p, "no account") })
	if err := errors.Join(err, ledgerErr, s.Close()); err != nil || len(problems) > 0 {
		t.Errorf("the store: %q, %v", problems, err)
	}
}

func place(t testing.TB, s *postgres.Store, id string) {
	t.Helper()
	o, e, err := order.Place(order.Order{
		ID: id, SellerID: "eva", Title: "Film", DueAt: noon.Add(time.Hour), Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"},
		Price: order.Money{Hundredths: 12050, Currency: "EUR"},
	}, noon)
	if err == nil {
		_, err = s.Orders.Place(t.Context(), o, e, "review of "+id)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// command is a change that carries a command out at noon.
func command(id string, c order.Command) store.Change {
	return store.Change{Order: id, Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.Apply(c, noon, order.DefaultPolicy())
	}}
}

func message(id, text string) store.Change {
	return command(id, order.Command{Action: order.WriteMessage, By: order.Buyer, Message: text})
}

var deliver = order.Command{Action: order.Deliver, By: order.Seller, Work: order.Work{Description: "It", ConfirmNoFiles: true}}

func TestServersThatStartAtOnce(t *testing.T) {
	address := cluster.Database(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			s, err := postgres.Open(context.Background(), address, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Error(err)
				return
			}
			sound(t, s)
		})
	}
	group.Wait()
}

func TestNewerFormatIsRefused(t *testing.T) {
	all, address := stores(t, 1)
	if err := all[0].Exec(t.Context(), "INSERT INTO handover_format (version_id, is_applied) VALUES (1000000, true)"); err != nil {
		t.Fatal(err)
	}
	s, err := postgres.Open(t.Context(), address, slog.New(slog.DiscardHandler))
	if err == nil {
		s.Close()
	}
	if !errors.Is(err, postgres.ErrNewer) || !strings.Contains(err.Error(), "1000000") {
		t.Errorf("a newer format: %v", err)
	}
}

// Whoever follows the log sees every event once and in order, while servers
// write and roll back.
func TestFollowersMissNothing(t *testing.T) {
	all, _ := stores(t, 3)
	const writers, each = 6, 25
	for i := range writers {
		place(t, all[0], fmt.Sprint("o", i))
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	want := writers + writers*each
	var group sync.WaitGroup
	for _, s := range all {
		group.Go(func() {
			var after uint64
			for after < uint64(want) {
				changed := s.EventLog.Changed()
				events, err := s.EventLog.Events(ctx, store.EventQuery{After: after, Limit: 7})
				if err != nil {
					t.Error(err)
					return
				}
				for _, e := range events {
					if e.Seq != after+1 {
						t.Errorf("after event %d comes %d", after, e.Seq)
					}
					after = e.Seq
				}
				if len(events) == 0 {
					select {
					case <-changed:
					case <-ctx.Done():
						t.Errorf("event %d was never announced", after+1)
						return
					}
				}
			}
		})
	}
	no := errors.New("no")
	for w := range writers {
		group.Go(func() {
			for i := range each {
				s := all[(w+i)%len(all)]
				refused := store.Change{Order: fmt.Sprint("o", w), Apply: func(*order.Order, []order.Upload) ([]order.Event, error) { return nil, no }}
				if _, err := s.Orders.Change(ctx, refused); !errors.Is(err, no) {
					t.Error(err)
				}
				if _, err := s.Orders.Change(ctx, message(fmt.Sprint("o", (w+i)%writers), "hello")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

// Of actions that exclude each other, sent to different servers at once, one
// wins, and deadlines are honoured once.
func TestActionsAndDeadlinesRace(t *testing.T) {
	all, _ := stores(t, 2)
	const orders = 12
	for i := range orders {
		id := fmt.Sprint("o", i)
		place(t, all[0], id)
		if _, err := all[0].Orders.Change(t.Context(), command(id, deliver)); err != nil {
			t.Fatal(err)
		}
	}
	end := noon.Add(order.DefaultPolicy().ReviewPeriod)
	var group sync.WaitGroup
	for n, s := range all {
		group.Go(func() {
			for i := range orders {
				c := order.Command{Action: order.Accept, By: order.Buyer}
				if n == 1 {
					c = order.Command{Action: order.RequestChanges, By: order.Buyer, Message: "longer"}
				}
				_, err := s.Orders.Change(t.Context(), command(fmt.Sprint("o", i), c))
				if err != nil && !errors.Is(err, &order.Error{Code: order.Conflict}) {
					t.Error(err)
				}
			}
		})
		group.Go(func() {
			for left := true; left; {
				if _, err := s.Deadlines.AdvanceDue(t.Context(), end, order.DefaultPolicy(), 3); err != nil {
					t.Error(err)
					return
				}
				due, err := s.Deadlines.NextDeadline(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				left = !due.IsZero() && !due.After(end)
			}
		})
	}
	group.Wait()
	for i := range orders {
		log, err := all[0].EventLog.Events(t.Context(), store.EventQuery{OrderID: fmt.Sprint("o", i), Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		ends := 0
		for _, e := range log {
			if e.Type == order.OrderCompleted || e.Type == order.ChangesRequested {
				ends++
			}
		}
		if ends != 1 {
			t.Errorf("order %d has %d ends: %+v", i, ends, log)
		}
	}
}

// A connection that is cut in the middle of a change costs nothing: the change
// is made once.
func TestConnectionCutInAChange(t *testing.T) {
	all, address := stores(t, 1)
	place(t, all[0], "first")
	calls := 0
	_, err := all[0].Orders.Change(t.Context(), store.Change{Order: "first", Key: "k", Request: "r", Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		if calls++; calls == 1 {
			cut(t, address)
		}
		return o.Apply(deliver, noon, order.DefaultPolicy())
	}})
	if err != nil || calls != 2 {
		t.Errorf("%d calls of Apply, %v", calls, err)
	}
	o, err := all[0].Orders.Order(t.Context(), "first")
	if err != nil || len(o.Deliveries) != 1 || o.Version != 2 {
		t.Errorf("the order: %+v, %v", o, err)
	}
}

// cut ends all connections to a database but the one that does it.
func cut(t testing.TB, address string) {
	t.Helper()
	err := pgtest.Exec(context.Background(), address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	if err != nil {
		t.Error(err)
	}
}

// A server hears of others' events again after its listening connection was cut.
func TestListeningGoesOn(t *testing.T) {
	all, address := stores(t, 2)
	place(t, all[0], "first")
	for i := range 3 {
		changed := all[1].EventLog.Changed()
		if _, err := all[0].Orders.Change(t.Context(), message("first", fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		<-changed
		cut(t, address)
	}
}

// Two transactions that wait for each other: the database ends one of them, and
// the store tries again.
func TestDeadlock(t *testing.T) {
	all, address := stores(t, 1)
	s := all[0]
	place(t, s, "first")
	if err := s.Uploads.FinishUpload(t.Context(), order.Upload{ID: "one", SellerID: "eva", OrderID: "first", Path: "a", Size: 1}); err != nil {
		t.Fatal(err)
	}
	other, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	// The other one has the upload, and wants the order; it is the patient one.
	if _, err := other.Exec(t.Context(), "SET deadlock_timeout = '1h'; BEGIN; SELECT 1 FROM uploads WHERE id = 'one' FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	wants := make(chan error, 1)
	pid := other.PgConn().PID()
	change := command("first", deliver)
	change.Uploads = []string{"one"}
	done := make(chan error, 1)
	go func() {
		_, err := s.Orders.Change(context.Background(), change)
		done <- err
	}()
	waitsFor(t, address, "uploads")
	go func() {
		_, err := other.Exec(context.Background(), "SELECT 1 FROM orders WHERE id = 'first' FOR UPDATE; COMMIT")
		wants <- err
	}()
	if err := <-wants; err != nil {
		t.Errorf("the other transaction, of process %d: %v", pid, err)
	}
	if err := <-done; err != nil {
		t.Errorf("the store's: %v", err)
	}
}

// waitsFor returns once a statement about the table waits for a lock.
func waitsFor(t testing.TB, address, table string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var waiting bool
		err := conn.QueryRow(t.Context(), "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%'", table).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
		if waiting {
			return
		}
	}
	t.Fatalf("no statement about %s waits for a lock", table)
}

// Whoever hangs up while waiting leaves nothing behind, and a wait has an end.
func TestWaitingEnds(t *testing.T) {
	address := cluster.Database(t)
	s, impatient := open(t, address), open(t, address+"&lock_timeout=200ms")
	t.Cleanup(func() { sound(t, s); impatient.Close() })
	place(t, s, "first")
	other, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	if _, err := other.Exec(t.Context(), "BEGIN; SELECT 1 FROM orders FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	if _, err := impatient.Orders.Change(t.Context(), message("first", "hello")); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("a lock that is not given up: %v", err)
	}
	if n, err := s.Deadlines.AdvanceDue(t.Context(), noon.Add(10_000*time.Hour), order.DefaultPolicy(), 10); n != 0 || err != nil {
		t.Errorf("time acts on %d locked orders, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	hung := make(chan error, 1)
	go func() {
		_, err := s.Orders.Change(ctx, message("first", "hello"))
		hung <- err
	}()
	waitsFor(t, address, "orders")
	cancel()
	if err := <-hung; !errors.Is(err, context.Canceled) {
		t.Errorf("whoever hung up gets %v", err)
	}
	if _, err := other.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	o, err := s.Orders.Change(t.Context(), message("first", "hello"))
	if err != nil || o.Version != 2 {
		t.Errorf("afterwards: version %d, %v", o.Version, err)
	}
}

// The longest title and name that an order may have fit into the index that
// searches read.
func TestLongestNames(t *testing.T) {
	all, _ := stores(t, 1)
	long := func(first rune) (text string) {
		for i := range order.MaxTitle { // of four bytes each, and nothing to compress
			text += string(first + rune(i*7919%20_000))
		}
		return text
	}
	o, e, err := order.Place(order.Order{
		ID: "first", SellerID: "eva", Title: long(0x20000), DueAt: noon.Add(time.Hour), Buyer: order.Contact{Name: long(0x25000), Email: "bea@example.org"},
	}, noon)
	if err == nil {
		_, err = all[0].Orders.Place(t.Context(), o, e, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	page, err := all[0].Orders.List(t.Context(), store.Query{SellerID: "eva", Text: o.Buyer.Name, Limit: 2})
	if err != nil || len(page.Orders) != 1 {
		t.Errorf("%d orders are found, %v", len(page.Orders), err)
	}
}
