package backend_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/order"
)

func migration(dir, database string) backend.Migration {
	return backend.Migration{
		Dir: dir, Database: database, AtOnce: 7, Now: time.Now, Tell: func(backend.MigrationProgress) {}, Log: slog.New(slog.DiscardHandler),
	}
}

// migrate carries a folder over, which has to succeed.
func migrate(t testing.TB, dir, database string) backend.Migrated {
	t.Helper()
	before := digest(t, filepath.Join(dir, "handover.db"))
	done, err := backend.Migrate(context.Background(), migration(dir, database))
	if err != nil {
		t.Fatalf("migrate: %v; %+v %+v", err, done.Source, done.Destination)
	}
	if after := digest(t, filepath.Join(dir, "handover.db")); before != after {
		t.Error("the source has changed")
	}
	return done
}

func digest(t testing.TB, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(raw))
}

// everything returns all that a store keeps, as JSON.
func everything(t testing.TB, s store.Records) string {
	t.Helper()
	ctx := context.Background()
	all := map[string]any{}
	put := func(name string, v any, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all[name] = v
	}
	accounts, err := s.Accounts.ListAccounts(ctx)
	put("accounts", accounts, err)
	for _, a := range accounts {
		sessions, err := s.Accounts.Sessions(ctx, a.ID)
		slices.SortFunc(sessions, func(a, b store.Session) int { return strings.Compare(a.TokenHash, b.TokenHash) })
		put("sessions of "+a.ID, sessions, err)
		entries, err := s.Ledger.Entries(ctx, a.ID, 0, 1_000_000)
		put("entries of "+a.ID, entries, err)
		earnings, err := s.Ledger.Earnings(ctx, a.ID)
		put("earnings of "+a.ID, earnings, err)
		stored, err := s.Uploads.StoredBytes(ctx, a.ID)
		put("bytes of "+a.ID, stored, err)
		page, err := s.Orders.List(ctx, store.Query{SellerID: a.ID, Limit: 1_000_000})
		put("list of "+a.ID, page, err)
	}
	var orders []order.Order
	put("orders", &orders, s.Orders.EachOrder(ctx, func(o order.Order) error { orders = append(orders, o); return nil }))
	for _, o := range orders {
		comments, err := s.Annotations.Comments(ctx, o.ID)
		put("comments of "+o.ID, comments, err)
		notes, err := s.Annotations.DraftPresence(ctx, o.ID)
		put("notes of "+o.ID, notes, err)
		if _, err := s.Orders.OrderByReview(ctx, o.ReviewHash); err != nil && !o.ReviewRevoked {
			t.Errorf("order %s is not found by its link: %v", o.ID, err)
		}
		for _, l := range o.ViewLinks {
			if _, err := s.Orders.OrderByViewLink(ctx, l.Hash); err != nil {
				t.Errorf("order %s is not found by a link to look: %v", o.ID, err)
			}
		}
	}
	var uploads []order.Upload
	put("uploads", &uploads, s.Uploads.EachUpload(ctx, func(u order.Upload) error { uploads = append(uploads, u); return nil }))
	events, err := s.EventLog.Events(ctx, store.EventQuery{Limit: 1_000_000})
	put("events", events, err)
	last, err := s.EventLog.LastSeq(ctx)
	put("last", last, err)
	due, err := s.Deadlines.NextDeadline(ctx)
	put("deadline", due, err)
	counts, err := s.Orders.CountOrders(ctx)
	put("counts", counts, err)
	for _, channel := range []string{backend.Mail, backend.Webhook, "unused"} {
		c, err := s.Outboxes.Outbox(ctx, channel)
		put("outbox "+channel, c, err)
	}
	raw, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(raw), "null", "[]") // no list is an empty one
}

func sameRecords(t testing.TB, dir, database string) {
	t.Helper()
	before, err := bolt.OpenUnchanged(filepath.Join(dir, "handover.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	after, err := openRecordsAt(database)
	if err != nil {
		t.Fatal(err)
	}
	defer after.Close()
	if diff := cmp.Diff(everything(t, before.Records), everything(t, after.Records)); diff != "" {
		t.Errorf("what is stored (-before +after):\n%s", diff)
	}
}

// busy is a site on a file in which everything has happened that is stored.
func busy(t *testing.T, configure ...func(*backend.Config)) (s *site, orders []placed, viewer shown) {
	s = newSite(t, configure...)
	for _, state := range states() {
		orders = append(orders, s.order(state))
	}
	orders = append(orders, s.orderOf(s.otto, delivered))
	reviewed, deliveredOnce := orders[1], orders[2]
	for i, text := range []string{"Brighter, 𝄞 \\u0000", "Louder"} {
		into[api.Comment](s, s.comment(reviewed, fmt.Sprint("c", i), `"text":"`+text+`"`))
	}
	viewer = s.share(reviewed)
	s.write(deliveredOnce, s.eva, "one moment")
	s.write(deliveredOnce, deliveredOnce.buyer, "Grüße 🎬")
	s.upload(s.eva, deliveredOnce.id, "later.mov", "not delivered yet")
	if a := s.send(request{method: "PUT", path: orders[0].path("/draft-note"), as: s.eva, body: `{"device":"d1","name":"EVA-LAPTOP","files":12}`}); a.StatusCode != 204 {
		t.Fatalf("a draft note: %s %s", a.Status, a.raw)
	}
	into[api.PlacedOrder](s, s.send(placeWithKey(s.eva)))
	into[api.ReviewLink](s, s.send(request{method: "DELETE", path: orders[4].path("/review-link"), as: s.eva}))
	return s, orders, viewer
}

func placeWithKey(as string) request {
	return request{method: "POST", path: "/api/v1/orders", as: as, body: newOrder("Once", "bea@example.org", ""), header: []string{idempotencyField, "a key ä"}}
}

// questions are all that can be asked about the orders without changing them.
func questions(s *site, orders []placed, viewer shown) (all []request) {
	ask := func(as string, paths ...string) {
		for _, path := range paths {
			all = append(all, request{method: "GET", path: path, as: as})
		}
	}
	for _, seller := range []string{s.eva, s.otto} {
		ask(seller, "/api/v1/account", "/api/v1/account/sessions", "/api/v1/orders", "/api/v1/orders?status=delivered,active&limit=2", "/api/v1/orders?query=FILM&limit=3",
			"/api/v1/orders/summary", "/api/v1/earnings", "/api/v1/earnings.csv", "/api/v1/server", "/api/v1/server/key")
	}
	for _, p := range orders {
		for _, as := range []string{s.eva, s.otto, p.buyer, viewer.token} {
			ask(as, p.path(""), p.path("/events?limit=500"), p.path("/events?after=3&limit=2"), p.path("/messages"), p.path("/comments"), p.path("/review-link"), p.path("/view-links"),
				p.path("/deliveries/1/files/"+p.file.ID), p.path("/deliveries/1/archive.zip"), p.path("/deliveries/1/receipt"))
		}
		ask("", "/review/"+p.buyer)
	}
	ask("", "/review/look/"+viewer.token)
	return all
}

// answers asks everything, and returns what came back.
func (s *site) answers(all []request) (said []string) {
	s.Helper()
	for _, r := range all {
		a := s.send(r)
		said = append(said, fmt.Sprintf("%s as %.5s: %d %q %v %s", r.path, r.as, a.StatusCode, a.Header.Get("ETag"), a.Header.Values("Set-Cookie"), a.raw))
	}
	return said
}

// A server that moves answers every question as before, goes on in every
// conversation, and keeps its deadlines.
func TestAServerMovesToPostgreSQL(t *testing.T) {
	public := func(c *backend.Config) { c.PublicURL = lifeURL }
	s, orders, viewer := busy(t, public)
	all := questions(s, orders, viewer)
	s.answers(all) // what is read is noted, once
	closed(t, s)
	on := func(c *backend.Config) { c.Dir = s.dir }
	again := openSite(t, public, on)
	before := again.answers(all)
	feed := again.listen(s.eva, "")
	last := feed.ready()
	feed.end()
	closed(t, again)

	database := cluster.Database(t)
	done := migrate(t, s.dir, database)
	if done.Source.String() != done.Destination.String() || done.Source.Orders != len(orders)+1 || done.Source.Files != 5 || done.Records < 50 {
		t.Errorf("the migration says %+v, %s, %s", done, done.Source, done.Destination)
	}
	sameRecords(t, s.dir, database)

	moved := openSite(t, public, on, at(database))
	if diff := cmp.Diff(before, moved.answers(all)); diff != "" {
		t.Errorf("the answers (-before +after):\n%s", diff)
	}
	feed = moved.listen(s.eva, last)
	feed.ready()
	moved.write(orders[1], orders[1].buyer, "after the move")
	feed.expect(orders[1].id, order.MessageWritten)
	if a := moved.send(placeWithKey(s.eva)); a.StatusCode != 200 && a.StatusCode != 201 || !strings.Contains(string(a.raw), "Once") {
		t.Errorf("placing again with a used key: %s %s", a.Status, a.raw)
	}
	if again := moved.deliver(s.eva, orders[1]); len(again.Deliveries) != 1 {
		t.Error("a delivery that was made before the move was made again")
	}
	moved.clock.pass(80 * time.Hour)
	moved.write(orders[0], s.eva, "which lets the server look at the clock")
	for m := feed.must(); m.event.Order != orders[1].id || m.event.Type != order.OrderCompleted; m = feed.must() {
	}
	if o := moved.look(orders[1]); o.Status != order.Completed || o.CompletedBy != order.ByReviewPeriod {
		t.Errorf("the order is %s, %s", o.Status, o.CompletedBy)
	}
}

func closed(t *testing.T, s *site) {
	t.Helper()
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
}

// Random lives that move in the middle are as the rules say.
func TestLivesThatMoveToPostgreSQL(t *testing.T) {
	few(t, "3")
	house := keepHouse(t)
	rapid.Check(t, func(t *rapid.T) {
		w := begin(t, house, func(dir string) host { return &inside{dir: dir} })
		w.live(map[string]func(){"move": w.move})
		if _, err := os.Stat(filepath.Join(w.dir, addressFile)); err != nil {
			w.moveRecords() // no outage was drawn
			w.check()
			w.compareStored()
		}
	})
}

// move is an outage in which the records go to PostgreSQL, the first time.
func (w *world) move() {
	w.outage(func() error {
		err := w.stop()
		if _, moved := os.Stat(filepath.Join(w.dir, addressFile)); moved != nil && err == nil {
			w.moveRecords()
		}
		return err
	})
}

func (w *world) moveRecords() {
	database := cluster.Database(w)
	m := migration(w.dir, database)
	if done, err := backend.Migrate(context.Background(), m); err != nil {
		w.Fatalf("migrate: %v, %+v %+v", err, done.Source, done.Destination)
	}
	if err := os.WriteFile(filepath.Join(w.dir, addressFile), []byte(database), 0o600); err != nil {
		w.Fatal(err)
	}
}
