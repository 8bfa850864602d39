package backend_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/internal/store/postgres/pgtest"
	"handover/backend/order"
)

// nodes are two servers on one database, with a clock and a secret in common.
func nodes(t *testing.T, configure ...func(*backend.Config)) (a, b *site) {
	t.Helper()
	return nodesOn(t, cluster.Database(t), configure...)
}

func nodesOn(t *testing.T, database string, configure ...func(*backend.Config)) (a, b *site) {
	t.Helper()
	a = newSite(t, append(configure, at(database))...)
	dir := t.TempDir()
	secret, err := os.ReadFile(filepath.Join(a.dir, "secret.key"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "secret.key"), secret, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	b = openSite(t, append(configure, at(database), func(c *backend.Config) { c.Dir, c.Now = dir, a.clock.Now })...)
	b.eva, b.otto, b.clock = a.eva, a.otto, a.clock
	b.recordsOnly, a.recordsOnly = true, true // each has the files that were sent to it
	return a, b
}

// What happens on one server is heard on the other at once, by both parties,
// and a stream goes on there where it stopped on the first.
func TestEventsReachEveryNode(t *testing.T) {
	a, b := nodes(t)
	p := a.order(active)
	seller, buyer := b.listen(b.eva, ""), b.listen(p.buyer, "")
	seller.must() // ready
	buyer.must()
	a.write(p, a.eva, "from a")
	heard := seller.must()
	if heard.event.Message != "from a" || buyer.must().event.Message != "from a" {
		t.Errorf("heard: %+v", heard)
	}
	seller.end()
	b.write(p, p.buyer, "from b")
	if m := a.listen(a.eva, heard.id); m.must().kind != "ready" || m.must().event.Message != "from b" {
		t.Error("the stream does not go on on the other server")
	}
	a.cutConnections()
	b.write(p, p.buyer, "after the cut")
	if m := buyer.must(); m.event.Message != "from b" {
		t.Errorf("heard %+v", m)
	}
	if m := buyer.must(); m.event.Message != "after the cut" {
		t.Errorf("heard %+v", m)
	}
}

// cutConnections ends every connection to the site's database.
func (s *site) cutConnections() {
	s.Helper()
	err := pgtest.Exec(s.Context(), s.database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	if err != nil {
		s.Fatal(err)
	}
}

// Both servers are asked for what excludes each other while the deadline comes
// and connections are cut: each order ends once.
func TestNodesRace(t *testing.T) {
	a, b := nodes(t)
	bell := a.order(active)
	orders := make([]placed, 10)
	for i := range orders {
		orders[i] = a.order(delivered)
	}
	var all sync.WaitGroup
	for i, p := range orders {
		all.Go(func() {
			resp := a.send(request{method: "POST", path: p.path("/accept"), as: p.buyer})
			if resp.StatusCode != 200 && resp.StatusCode != 409 {
				t.Errorf("accept: %s %s", resp.Status, resp.raw)
			}
		})
		all.Go(func() {
			resp := b.send(request{method: "POST", path: p.path("/changes"), as: p.buyer, body: `{"message":"longer"}`})
			if resp.StatusCode != 200 && resp.StatusCode != 409 {
				t.Errorf("changes: %s %s", resp.Status, resp.raw)
			}
		})
		if i == len(orders)/2 {
			all.Go(func() {
				a.clock.pass(order.DefaultPolicy().ReviewPeriod)
				a.write(bell, a.eva, "both look at the clock")
			})
		}
	}
	all.Wait()
	for _, p := range orders {
		b.look(p)
		page := into[api.EventPage](a, a.send(request{method: "GET", path: p.path("/events"), as: a.eva}))
		ends := 0
		for _, e := range page.Events {
			if e.Type == order.OrderCompleted || e.Type == order.ChangesRequested {
				ends++
			}
		}
		if ends != 1 {
			t.Errorf("order %s has %d ends: %+v", p.id, ends, page.Events)
		}
	}
}

// Deadlines that come while two servers run are honoured once each.
func TestNodesHonourDeadlinesOnce(t *testing.T) {
	a, b := nodes(t)
	feed := b.listen(b.eva, "")
	feed.must()
	const orders = 8
	for range orders {
		a.order(delivered)
	}
	bell := a.order(active)
	a.clock.pass(order.DefaultPolicy().ReviewPeriod)
	a.write(bell, a.eva, "ding")
	completed := map[string]int{}
	for len(completed) < orders {
		if m := feed.must(); m.event.Type == order.OrderCompleted {
			completed[m.event.Order]++
		}
	}
	b.write(bell, b.eva, "dong")
	for m := feed.must(); m.event.Message != "dong"; m = feed.must() {
		if m.event.Type == order.OrderCompleted {
			completed[m.event.Order]++
		}
	}
	for id, n := range completed {
		if n != 1 {
			t.Errorf("order %s was completed %d times", id, n)
		}
	}
}

// Webhooks go out once, whichever server sends, and go on when that one ends.
func TestNodesSendOnce(t *testing.T) {
	world := outside(t)
	world.hooks = make(chan string, 1000)
	a, b := nodes(t, func(c *backend.Config) {
		c.Notices = backend.Notices{WebhookURL: world.hook, WebhookSecret: noticesSecret}
	})
	const each = 12
	seen := map[string]int{}
	gather := func(n int) {
		t.Helper()
		for range n {
			seen[outsideGot(t, world.hooks)]++
		}
	}
	p := a.order(active)
	gather(1)
	var all sync.WaitGroup
	for n, s := range []*site{a, b} {
		all.Go(func() {
			for i := range each {
				s.write(p, s.eva, fmt.Sprint(n, "/", i))
			}
		})
	}
	all.Wait()
	gather(2 * each)
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	for i := range each {
		b.write(p, b.eva, fmt.Sprint("on b alone ", i))
	}
	gather(each)
	if len(seen) != 1+3*each {
		t.Errorf("%d webhooks for %d events", len(seen), 1+3*each)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was sent %d times", id, n)
		}
	}
}

// A retry that reaches the other server, because the first one did not answer,
// makes no second delivery and no second order.
func TestRetryOnAnotherNode(t *testing.T) {
	a, b := nodes(t)
	p := a.order(active)
	body := `{"description":"It","links":[{"url":"https://example.org/film"}]}`
	var all sync.WaitGroup
	for _, s := range []*site{a, b, a, b} {
		all.Go(func() {
			o := into[api.Order](s, s.send(request{method: "POST", path: p.path(deliverRoute), as: s.eva, body: body, header: []string{idempotencyField, "once"}}))
			if len(o.Deliveries) != 1 {
				t.Errorf("%d deliveries", len(o.Deliveries))
			}
		})
	}
	all.Wait()
	n := `{"title":"Film","buyer":{"name":"Bea","email":"bea@example.org"},"due_at":"2026-04-01T12:00:00Z"}`
	ids := make(chan string, 4)
	for _, s := range []*site{a, b, a, b} {
		all.Go(func() {
			ids <- into[api.PlacedOrder](s, s.send(request{method: "POST", path: "/api/v1/orders", as: s.eva, body: n, header: []string{idempotencyField, "once"}})).ID
		})
	}
	all.Wait()
	first := <-ids
	for range 3 {
		if id := <-ids; id != first {
			t.Errorf("orders %s and %s", first, id)
		}
	}
}

// A session that ends on one server is over on the other.
func TestSignedOutEverywhere(t *testing.T) {
	a, b := nodes(t)
	token := a.signIn("eva@example.org")
	if resp := b.send(request{method: "GET", path: "/api/v1/orders", as: token}); resp.StatusCode != http.StatusOK {
		t.Errorf("on the other server: %s", resp.Status)
	}
	if resp := a.send(request{method: "DELETE", path: "/api/v1/session", as: token}); resp.StatusCode >= 300 {
		t.Errorf("sign out: %s", resp.Status)
	}
	b.send(request{method: "GET", path: "/api/v1/orders", as: token}).refused(t, http.StatusUnauthorized, order.Unauthenticated)
}

// checkRecords verifies the records alone.
func (s *site) checkRecords() {
	db, err := openRecordsAt(s.database)
	if err != nil {
		s.Error(err)
		return
	}
	problems, err := db.Checks.Verify(context.Background())
	ledger, ledgerErr := db.Checks.CheckLedger(context.Background())
	if err := errors.Join(err, ledgerErr, db.Close()); err != nil || len(problems)+len(ledger) > 0 {
		s.Errorf("the records: %q, %q, %v", problems, ledger, err)
	}
}
