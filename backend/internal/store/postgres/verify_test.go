package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handover/backend/internal/store"
	"handover/backend/internal/store/postgres"
	"handover/backend/order"
)

// furnished is a store with a bit of everything.
func furnished(t *testing.T) *postgres.Store {
	t.Helper()
	s := open(t, cluster.Database(t))
	t.Cleanup(func() { s.Close() })
	ctx := t.Context()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(nil, s.Accounts.AddAccount(ctx, order.Account{ID: "eva", Email: "eva@example.org"}))
	must(nil, s.Accounts.AddSession(ctx, store.Session{TokenHash: "token", AccountID: "eva", UsedAt: noon}))
	place(t, s, "first")
	must(nil, s.Uploads.FinishUpload(ctx, order.Upload{ID: "one", SellerID: "eva", OrderID: "first", Path: "a", Size: 3, SHA256: "x"}))
	c := command("first", deliver)
	c.Key, c.Request, c.Uploads = "k", "r", []string{"one"}
	must(s.Orders.Change(ctx, c))
	must(s.Orders.Change(ctx, store.Change{Order: "first", Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.Share("Ada", func(int) string { return "view" }, noon, order.DefaultPolicy())
	}}))
	o, e, err := order.Place(order.Order{ID: "second", SellerID: "eva", Title: "Logo", DueAt: noon, Buyer: order.Contact{Name: "Bob", Email: "bob@example.org"}}, noon)
	must(nil, err)
	must(s.Orders.PlaceAll(ctx, store.Placement{SellerID: "eva", Key: "k", Request: "r", Orders: []store.NewOrder{{Order: o, Event: e, ReviewHash: "hash"}}}))
	must(nil, s.Annotations.ChangeDraftPresence(ctx, "first", func([]order.DraftPresence) []order.DraftPresence { return []order.DraftPresence{{Device: "laptop"}} }))
	return s
}

// Each damage is found, and nothing is found where there is none.
func TestVerifyFindsDamage(t *testing.T) {
	for _, test := range []struct{ damage, want string }{
		{"UPDATE orders SET status = 'active' WHERE id = 'first'", "listed as it is not"},
		{"UPDATE orders SET deadline = deadline + 1 WHERE id = 'first'", "listed as it is not"},
		{"UPDATE orders SET due_at = due_at - 1", "listed as it is not"},
		{"UPDATE orders SET review_hash = NULL", "listed as it is not"},
		{"UPDATE orders SET search = 'x'", "listed as it is not"},
		{"INSERT INTO views VALUES ('hash', 'first')", "which does not know it"},
		{"DELETE FROM views", "missing for one who may look"},
		{"UPDATE orders SET doc = '{}' WHERE id = 'first'", "is stored as first"},
		{"UPDATE orders SET doc = '[1]' WHERE id = 'first'", "read order"},
		{"DELETE FROM orders WHERE id = 'second'", "a placement belongs to no order"},
		{"DELETE FROM orders WHERE id = 'first'", "no order first of its seller"},
		{"DELETE FROM events WHERE seq = 2", "comes where 2 should be"},
		{"UPDATE events SET order_id = 'second' WHERE seq = 2", "in another place"},
		{"UPDATE events SET seller = 'otto' WHERE seq = 1", "in another place"},
		{"UPDATE events SET seq = 20 WHERE seq = 4", "comes where 4 should be"},
		{"UPDATE accounts SET email = 'otto@example.org'", "not found by its e-mail address"},
		{"DELETE FROM accounts", "its seller has no account"},
		{"DELETE FROM accounts", "belongs to no account"},
		{"UPDATE sessions SET used_at = 0", "stored as another"},
		{"UPDATE uploads SET size = 4", "stored as it is not"},
		{"UPDATE uploads SET delivered_in = 0", "stored as it is not"},
		{`UPDATE uploads SET delivered_in = 2, doc = '{"id":"one","seller_id":"eva","order_id":"first","size":3,"sha256":"x","delivered_in":2}'`, "which has 1"},
		{"UPDATE order_counts SET n = n + 1 WHERE status = 'active'", "the count says 2"},
		{"DELETE FROM order_counts WHERE status = 'delivered'", "not counted"},
		{"INSERT INTO idempotency VALUES ('absent', 'k', 'r')", "an idempotency key belongs to no order"},
		{"UPDATE draft_notes SET order_id = 'absent'", "a note about a draft belongs to no order"},
		{"INSERT INTO comments VALUES ('absent', '[]')", "comments belong to no order"},
		{`INSERT INTO comments VALUES ('first', '{"a":1}')`, "read the comments"},
		{`INSERT INTO comments VALUES ('first', '[{"id":"a","text":"x","delivery":7}]')`, "the order has no delivery 7"},
		{"DELETE FROM ledger", "the ledger has []"},
		{"UPDATE ledger SET seq = 9", "in another place"},
		{"UPDATE earnings SET placed = 1", "add up to"},
		{"DELETE FROM earnings", "are missing"},
		{"INSERT INTO earnings VALUES ('otto', '2026-03', 'EUR', 1, 0, 0, 0)", "add up to"},
		{"DELETE FROM sessions", ""},
	} {
		t.Run(test.damage, func(t *testing.T) {
			s := furnished(t)
			if err := s.Exec(t.Context(), test.damage); err != nil {
				t.Fatal(err)
			}
			problems, err := s.Checks.Verify(t.Context())
			ledger, ledgerErr := s.Checks.CheckLedger(t.Context())
			problems = append(problems, ledger...)
			if err != nil || ledgerErr != nil {
				t.Fatal(err, ledgerErr)
			}
			if test.want == "" && len(problems) > 0 || test.want != "" && !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, test.want) }) {
				t.Errorf("the problems are %q; want one of %q", problems, test.want)
			}
		})
	}
}

// Lists, deadlines and logs come from an index: no table is read whole, and no
// list sorted of which a page is wanted.
func TestIndexesAreUsed(t *testing.T) {
	s := open(t, cluster.Database(t))
	defer s.Close()
	for _, sql := range []string{
		`INSERT INTO orders SELECT 'o' || n, 'seller' || n % 20, (ARRAY['active', 'delivered', 'completed', 'completed', 'completed'])[n % 5 + 1], n * 7919 % 100000,
			CASE WHEN n % 5 < 2 THEN n * 7919 % 100000 END, 'hash' || n, 'film', '{}' FROM generate_series(1, 40000) AS n`,
		`INSERT INTO events SELECT n, 'o' || n % 40000, 'seller' || n % 20, '{}' FROM generate_series(1, 80000) AS n`,
		`INSERT INTO uploads SELECT 'u' || n, 'seller' || n % 20, n % 7000, 5, 0, '{}' FROM generate_series(1, 20000) AS n`,
		`INSERT INTO sessions SELECT 't' || n, 'seller' || n % 20, n, '{}' FROM generate_series(1, 20000) AS n`,
		"VACUUM ANALYZE",
	} {
		if err := s.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(what, plan string, err error, index string, whole bool) {
		t.Helper()
		if err != nil || !strings.Contains(plan, index) || strings.Contains(plan, "Seq Scan") || whole && strings.Contains(plan, "Sort  ") {
			t.Errorf("%s: %v\n%s", what, err, plan)
		}
	}
	late := time.Unix(0, 90_000)
	for _, test := range []struct {
		q     store.Query
		index string
	}{
		{store.Query{}, "orders_seller"},
		{store.Query{Status: []order.Status{order.Active}}, "orders_status"},
		{store.Query{Status: []order.Status{order.Active, order.Delivered, order.Cancelled}}, "orders_status"},
		{store.Query{LateAt: late}, "orders_status"},
		{store.Query{Text: "fil"}, "Index Only Scan using orders_seller"},
		{store.Query{Text: "fil", Status: []order.Status{order.Active, order.Delivered}}, "Index Only Scan using orders_seller"},
	} {
		test.q.SellerID, test.q.Limit = "seller3", 50
		plan, err := s.Explain(t.Context(), test.q)
		expect(fmt.Sprintf("the list of %+v", test.q), plan, err, test.index, true)
	}
	for sql, index := range map[string]string{
		"SELECT min(deadline) FROM orders WHERE deadline IS NOT NULL":                                                      "orders_deadline",
		"SELECT doc FROM orders WHERE deadline <= 5000 ORDER BY deadline, id LIMIT 500 FOR UPDATE SKIP LOCKED":             "orders_deadline",
		"SELECT doc FROM orders WHERE review_hash = 'hash7' LIMIT 1":                                                       "orders_review",
		"SELECT coalesce(max(seq), 0) FROM events":                                                                         "events_pkey",
		"SELECT doc FROM events WHERE seq > 0 AND seller = 'seller3' ORDER BY seq LIMIT 50":                                "events_seller",
		"SELECT doc FROM events WHERE seq > 0 AND order_id = 'o7' ORDER BY seq LIMIT 50":                                   "events_order",
		"SELECT doc FROM events WHERE seq > 70000 ORDER BY seq LIMIT 50":                                                   "events_pkey",
		"SELECT doc FROM uploads WHERE sha256 = '7' AND seller = 'seller7' AND size = 5 AND id <> 'u' ORDER BY id LIMIT 1": "uploads_content",
	} {
		plan, err := s.ExplainSQL(t.Context(), sql)
		expect(sql, plan, err, index, false)
	}
}

// A database whose default is not to wait for the disk does not change that what
// was acknowledged is durable.
func TestCommitsAreDurable(t *testing.T) {
	address := cluster.Database(t)
	s := open(t, address)
	err := s.Exec(t.Context(), "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET synchronous_commit = off'; END $$")
	s.Close()
	if err != nil {
		t.Fatal(err)
	}
	s = open(t, address)
	defer s.Close()
	if got, err := s.Show(t.Context(), "synchronous_commit"); err != nil || got != "on" {
		t.Errorf("synchronous_commit is %s, %v", got, err)
	}
	if got, err := s.Show(t.Context(), "idle_in_transaction_session_timeout"); err != nil || got != "15s" {
		t.Errorf("idle_in_transaction_session_timeout is %s, %v", got, err)
	}
}
