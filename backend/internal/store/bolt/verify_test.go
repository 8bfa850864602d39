package bolt_test

import (
	"encoding/binary"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// Each of these is found, and nothing else is reported with it but what follows
// from it.
func TestVerifyFindsWhatContradicts(t *testing.T) {
	b := func(tx *bbolt.Tx, name string) *bbolt.Bucket { return tx.Bucket([]byte(name)) }
	first := func(tx *bbolt.Tx, name string) []byte { k, _ := b(tx, name).Cursor().First(); return k }
	drop := func(name string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error { return b(tx, name).Delete(first(tx, name)) }
	}
	add := func(name, k, v string) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error { return b(tx, name).Put([]byte(k), []byte(v)) }
	}
	edit := func(name, k string, change func(doc map[string]any)) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			var doc map[string]any
			if err := json.Unmarshal(b(tx, name).Get([]byte(k)), &doc); err != nil {
				return err
			}
			change(doc)
			raw, err := json.Marshal(doc)
			if err != nil {
				return err
			}
			return b(tx, name).Put([]byte(k), raw)
		}
	}
	event := string(binary.BigEndian.AppendUint64(nil, 1))
	for name, c := range map[string]struct {
		damage func(*bbolt.Tx) error
		want   string
	}{
		"an order not listed":        {drop("by_seller"), "order000000 is missing in by_seller"},
		"a listed order of nobody":   {add("by_seller", "eva\x0000000000nothing", ""), "entry of no order"},
		"a deadline missing":         {drop("deadlines"), "is missing in deadlines"},
		"a deadline of nothing":      {add("deadlines", "00000000nothing", ""), "entry of no order"},
		"an order not by status":     {drop("by_status"), "order000000 is missing in by_status"},
		"words of before":            {func(tx *bbolt.Tx) error { return b(tx, "by_seller").Put(first(tx, "by_seller"), []byte("old title")) }, "by_seller says something else of order order000000"},
		"a link that opens nothing":  {drop("reviews"), "order000000 is missing in reviews"},
		"a link that opens another":  {add("reviews", "hash of order000000", "order000001"), "reviews says something else"},
		"a look at nothing":          {add("views", "view of nothing", "nothing"), "entry of no order"},
		"a look at another":          {add("views", "view", "order000001"), "views says something else of order order000000"},
		"a look not found":           {drop("views"), "order000000 is missing in views"},
		"a placement of nothing":     {add("placements", "eva\x00key", `{"request":"x","orders":["nothing"]}`), "names no order nothing"},
		"a link to nothing":          {add("reviews", "0123456789abcdef", "nothing"), "opens no order"},
		"a key of nothing":           {add("idempotency", "nothing\x00key", ""), "belongs to no order"},
		"an event not in its log":    {drop("order_log"), "missing in the log"},
		"an event not in the other":  {drop("seller_log"), "missing in the log"},
		"a log of no event":          {add("order_log", "order000000\x0000000009", ""), "5 entries for 4 events"},
		"an event of no order":       {edit("events", event, func(e map[string]any) { e["order"] = "nothing" }), "there is no order nothing"},
		"an event in another place":  {edit("events", event, func(e map[string]any) { e["seq"] = 2 }), "another place"},
		"a status without its event": {edit("orders", "order000000", func(o map[string]any) { o["status"] = "cancelled" }), "its last event left it \"active\""},
		"an order that is no JSON":   {add("orders", "order000000", "{"), "cannot be read"},
		"an order under another ID":  {edit("orders", "order000000", func(o map[string]any) { o["id"] = "order000009" }), "is stored as"},
		"a session of nobody":        {add("sessions", "0123456789abcdef", `{"token_hash":"0123456789abcdef","account_id":"otto"}`), "belongs to no account"},
		"an account without address": {drop("emails"), "not found by its e-mail address"},
		"an address of nobody":       {add("emails", "otto@example.org", "otto"), "belongs to no account"},
		"a seller without account":   {drop("accounts"), "its seller has no account"},
		"an upload of no order":      {edit("uploads", "upload1", func(u map[string]any) { u["order_id"] = "nothing" }), "there is no order nothing"},
		"an upload of another":       {edit("uploads", "upload1", func(u map[string]any) { u["seller_id"] = "otto" }), "of its seller"},
		"an upload not delivered":    {edit("uploads", "upload1", func(u map[string]any) { u["delivered_in"] = 7 }), "counts as delivered"},
		"a wrong count":              {add("counts", "active", "\x00\x00\x00\x00\x00\x00\x00\x07"), "1 orders are active"},
		"comments of no order":       {add("comments", "nothing", "[]"), "comments belong to no order"},
		"comments that are no JSON":  {add("comments", "order000000", "{"), "cannot be read"},
		"a comment on no delivery":   {add("comments", "order000000", `[{"id":"a","text":"x","delivery":7}]`), "the order has no delivery 7"},
		"a missing count":            {drop("counts"), "not counted"},
	} {
		t.Run(name, func(t *testing.T) {
			s := filled(t, filepath.Join(t.TempDir(), "handover.db"), 2)
			if err := s.Accounts.AddSession(t.Context(), store.Session{TokenHash: "hash", AccountID: "eva", UsedAt: noon}); err != nil {
				t.Fatal(err)
			}
			if err := s.Uploads.FinishUpload(t.Context(), order.Upload{ID: "upload1", SellerID: "eva", OrderID: "order000000", FinishedAt: noon}); err != nil {
				t.Fatal(err)
			}
			share(t, s, "order000000")
			if problems, err := s.Checks.Verify(t.Context()); err != nil || len(problems) > 0 {
				t.Fatalf("before: %v, %v", problems, err)
			}
			if err := s.Tx(c.damage); err != nil {
				t.Fatal(err)
			}
			problems, err := s.Checks.Verify(t.Context())
			if err != nil || !strings.Contains(strings.Join(problems, "\n"), c.want) {
				t.Errorf("%q, %v, want %q", problems, err, c.want)
			}
		})
	}
}

// Counts follow every change, whoever makes it.
func TestOrdersAreCounted(t *testing.T) {
	s := filled(t, filepath.Join(t.TempDir(), "handover.db"), 4)
	policy := order.DefaultPolicy()
	_, err := s.Orders.Change(t.Context(), store.Change{Order: "order000001", Apply: func(o *order.Order, _ []order.Upload) ([]order.Event, error) {
		return o.Apply(order.Command{Action: order.RequestChanges, By: order.Buyer, Message: "Brighter, please"}, noon.Add(time.Hour), policy)
	}})
	if err != nil {
		t.Fatal(err)
	}
	for { // what time does to an order may come in several steps
		n, err := s.Deadlines.AdvanceDue(t.Context(), noon.Add(policy.ReviewPeriod), policy, 10)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	counts, err := s.Orders.CountOrders(t.Context())
	if err != nil || counts[order.Active] != 2 || counts[order.InRevision] != 1 || counts[order.Completed] != 1 || counts[order.Delivered] != 0 {
		t.Errorf("counts %v, %v", counts, err)
	}
	if problems, err := s.Checks.Verify(t.Context()); err != nil || len(problems) > 0 {
		t.Errorf("verify: %v, %v", problems, err)
	}
}
