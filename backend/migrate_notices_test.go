package backend_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/internal/token"
	"handover/backend/order"
)

// What was not sent before the move is sent after it, once; what was is not.
func TestNoticesMove(t *testing.T) {
	world := outside(t)
	var ahead atomic.Int64
	c := noticesConfig(t.TempDir())
	c.PublicURL = lifeURL
	c.Now = func() time.Time { return time.Now().UTC().Add(time.Duration(ahead.Load())) }
	c.Notices = backend.Notices{SMTP: world.smtp, MailFrom: "handover@example.org", WebhookURL: world.hook, WebhookSecret: noticesSecret}
	server, err := backend.StartLocal(c)
	noFault(t, err)
	_, err = server.AddUser(t.Context(), api.NewUser{Email: "eva@example.org", Name: "Eva", Password: password})
	noFault(t, err)
	place := func() {
		t.Helper()
		_, err := server.AddOrder(t.Context(), "eva@example.org", api.NewOrder{
			Title: "Film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: c.Now().Add(time.Hour),
		})
		noFault(t, err)
	}
	place()
	sent := outsideGot(t, world.hooks)
	outsideGot(t, world.mails)
	world.down.Store(true)
	place()
	place()
	outsideGot(t, world.mails)
	outsideGot(t, world.mails)
	outboxOf(t, server, func(e api.OutboxEntry) bool { return e.Attempts > 0 })
	noFault(t, server.Close(context.Background()))

	c.Database = cluster.Database(t)
	migrate(t, c.Dir, c.Database)
	sameRecords(t, c.Dir, c.Database)
	world.down.Store(false)
	ahead.Store(int64(2 * time.Hour)) // when all are due again
	server, err = backend.StartLocal(c)
	noFault(t, err)
	t.Cleanup(func() { noFault(t, server.Close(context.Background())) })
	place() // the last that goes out
	got := []string{outsideGot(t, world.hooks), outsideGot(t, world.hooks), outsideGot(t, world.hooks)}
	slices.Sort(got)
	if len(slices.Compact(got)) != 3 || slices.Contains(got, sent) {
		t.Errorf("after the move came %q; %s was sent before it", got, sent)
	}
	outsideGot(t, world.mails)
	select {
	case m := <-world.mails:
		t.Errorf("a mail went out twice: %s", m.text)
	case id := <-world.hooks:
		t.Errorf("the webhook %s went out twice", id)
	default:
	}
}

// A link that only an index knows, from before orders had links that can be
// renewed, opens its order after the move, and is renewed like any other.
func TestAnOldReviewLinkMoves(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	closed(t, s)
	p.buyer = "a token of the first version"
	forgetReviewHash(t, s.dir, p.id, token.Hash(p.buyer))
	database := cluster.Database(t)
	migrate(t, s.dir, database)
	moved := openSite(t, func(c *backend.Config) { c.Dir = s.dir }, at(database))
	if a := moved.send(request{method: "GET", path: p.path(""), as: p.buyer}); a.StatusCode != http.StatusOK {
		t.Errorf("the old link: %s %s", a.Status, a.raw)
	}
	into[api.ReviewLink](moved, moved.send(request{method: "POST", path: p.path("/review-link"), as: s.eva}))
	moved.send(request{method: "GET", path: p.path(""), as: p.buyer}).refused(t, http.StatusUnauthorized, order.Unauthenticated)
}

// forgetReviewHash leaves the order as the first version stored it, with a link
// that has the hash.
func forgetReviewHash(t *testing.T, dir, id, hash string) {
	t.Helper()
	db, err := bbolt.Open(filepath.Join(dir, "handover.db"), 0o600, nil)
	noFault(t, err)
	noFault(t, db.Update(func(tx *bbolt.Tx) error {
		orders := tx.Bucket([]byte("orders"))
		var o order.Order
		if err := json.Unmarshal(orders.Get([]byte(id)), &o); err != nil {
			return err
		}
		reviews := tx.Bucket([]byte("reviews"))
		if err := errors.Join(reviews.Delete([]byte(o.ReviewHash)), reviews.Put([]byte(hash), []byte(id))); err != nil {
			return err
		}
		o.ReviewHash, o.ReviewGeneration = "", 0
		raw, err := json.Marshal(o)
		if err != nil {
			return err
		}
		return orders.Put([]byte(id), raw)
	}))
	noFault(t, db.Close())
}
