package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"handover/backend/order"
)

// The rows of a database as its server writes them. `handover-server check` verifies
// this.

type table struct {
	name    string
	columns []string
	rows    [][]any
}

func row(doc any, columns ...any) []any {
	raw, err := json.Marshal(doc)
	if err != nil {
		panic(err) // these are plain values
	}
	return append(columns, string(raw))
}

func (b batch) tables() []table {
	orders := table{"orders", []string{"id", "seller", "status", "due_at", "deadline", "review_hash", "search", "doc"}, nil}
	for _, o := range b.orders {
		var deadline *int64
		if at := o.NextDeadline(); !at.IsZero() {
			n := at.UnixNano()
			deadline = &n
		}
		search := []byte(strings.ToLower(o.Title + "\n" + o.Buyer.Name + "\n" + o.ID))
		orders.rows = append(orders.rows, row(o, o.ID, o.SellerID, string(o.Status), o.DueAt.UnixNano(), deadline, o.ReviewHash, search))
	}
	events := table{"events", []string{"seq", "order_id", "seller", "doc"}, nil}
	for _, e := range b.events {
		events.rows = append(events.rows, row(e, int64(e.Seq), e.Order, e.Seller))
	}
	ledger := table{"ledger", []string{"seller", "seq", "doc"}, nil}
	for _, e := range b.entries {
		ledger.rows = append(ledger.rows, row(e, e.Seller, int64(e.Seq)))
	}
	uploads := table{"uploads", []string{"id", "seller", "sha256", "size", "delivered_in", "doc"}, nil}
	for _, u := range b.uploads {
		uploads.rows = append(uploads.rows, row(u, u.ID, u.SellerID, u.SHA256, u.Size, u.DeliveredIn))
	}
	return []table{orders, events, ledger, uploads}
}

// sums are what the server counts as it goes.
type sums struct {
	sync.Mutex
	statuses map[order.Status]int
	earnings map[[3]string]*order.Earnings
}

func (s *sums) add(b batch) {
	s.Lock()
	defer s.Unlock()
	for _, o := range b.orders {
		s.statuses[o.Status]++
	}
	for _, e := range b.entries {
		k := [3]string{e.Seller, order.Month(e.At), e.Amount.Currency}
		if s.earnings[k] == nil {
			s.earnings[k] = &order.Earnings{}
		}
		s.earnings[k].Add(e)
	}
}

func (s *sums) tables() []table {
	counts := table{"order_counts", []string{"status", "n"}, nil}
	for status, n := range s.statuses {
		counts.rows = append(counts.rows, []any{string(status), n})
	}
	earnings := table{"earnings", []string{"seller", "month", "currency", "placed", "cancelled", "completed", "cleared"}, nil}
	for k, e := range s.earnings {
		earnings.rows = append(earnings.rows, []any{k[0], k[1], k[2], e.Placed, e.Cancelled, e.Completed, e.Cleared})
	}
	return []table{counts, earnings}
}

// fillers is how many goroutines fill a database.
const fillers = 2

// fill copies orders and their history into an empty database with a server's
// tables. The first seller can sign in.
func (c *cluster) fill(ctx context.Context, database string, orders int, seed uint64, now time.Time) error {
	sellers, err := c.sellers(ctx, database, max(orders/ordersPerSeller, 1), now)
	if err != nil {
		return err
	}
	of := orders / batchOrders
	total := sums{statuses: map[order.Status]int{}, earnings: map[[3]string]*order.Earnings{}}
	var next atomic.Int64
	errs := make(chan error, fillers)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range fillers {
		go func() {
			errs <- c.fillFrom(ctx, database, func() int { return int(next.Add(1)) - 1 }, of, func(n int) past {
				return past{rand.New(rand.NewPCG(seed, uint64(n))), now, order.DefaultPolicy(), sellers}
			}, &total)
		}()
	}
	for range fillers {
		if one := <-errs; one != nil && err == nil {
			err = one
			cancel()
		}
	}
	if err != nil {
		return err
	}
	if err := c.copyIn(ctx, database, total.tables()); err != nil {
		return err
	}
	return c.exec(ctx, database, "VACUUM ANALYZE", "CHECKPOINT")
}

func (c *cluster) fillFrom(ctx context.Context, database string, next func() int, of int, at func(n int) past, total *sums) error {
	conn, err := pgx.Connect(ctx, c.address(database))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for n := next(); n < of; n = next() {
		p := at(n)
		b, err := p.batch(n, of)
		if err != nil {
			return err
		}
		total.add(b)
		if err := copyTables(ctx, conn, b.tables()); err != nil {
			return err
		}
	}
	return nil
}

func (c *cluster) copyIn(ctx context.Context, database string, tables []table) error {
	conn, err := pgx.Connect(ctx, c.address(database))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return copyTables(ctx, conn, tables)
}

func copyTables(ctx context.Context, conn *pgx.Conn, tables []table) error {
	for _, t := range tables {
		if _, err := conn.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromRows(t.rows)); err != nil {
			return fmt.Errorf("copy into %s: %w", t.name, err)
		}
	}
	return nil
}

// sellers returns the existing seller first, and creates the others.
func (c *cluster) sellers(ctx context.Context, database string, n int, now time.Time) ([]string, error) {
	conn, err := pgx.Connect(ctx, c.address(database))
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	sellers := make([]string, n)
	if err := conn.QueryRow(ctx, "SELECT id FROM accounts").Scan(&sellers[0]); err != nil {
		return nil, fmt.Errorf("find the first seller: %w", err)
	}
	accounts := table{"accounts", []string{"id", "email", "doc"}, nil}
	for i := range sellers[1:] {
		a := order.Account{ID: fmt.Sprintf("seller%06d", i), Email: fmt.Sprintf("seller%d@example.org", i), Name: fmt.Sprint("Seller ", i), PasswordHash: "-", CreatedAt: now}
		sellers[i+1] = a.ID
		accounts.rows = append(accounts.rows, row(a, a.ID, a.Email))
	}
	return sellers, copyTables(ctx, conn, []table{accounts})
}
