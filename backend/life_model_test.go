package backend_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"handover/backend/api"
	"handover/backend/order"
)

// lived is an order as the rules say that it has to be.
type lived struct {
	order.Order
	terms    order.Order // what was agreed on at first
	seller   account
	buyer    string            // the token of the newest review link
	log      []order.Event     // without Seq
	seen     int               // how much of it the server has shown
	answered map[string]string // Idempotency-Key -> request
	uploads  []order.File      // that have arrived
	version  int               // as the server last said
}

func (l *lived) path(rest string) string { return "/api/v1/orders/" + l.ID + rest }

func (l *lived) token(p order.Party) string {
	if p == order.Buyer {
		return l.buyer
	}
	return l.seller.token
}

// copied is the order for a change that may not come.
func (l *lived) copied() order.Order {
	o := l.Order
	o.Deliveries = slices.Clip(o.Deliveries)
	return o
}

// world is a server, and the model of everything that it has to hold.
type world struct {
	dir string
	*rapid.T
	host
	house   household
	client  *http.Client
	address string
	policy  order.Policy
	now     time.Time
	orders  []*lived // the first two are the bell and the sentinel, see settle
	streams []*stream
	keys    int
}

// stream follows a seller's orders, or the buyer's one.
type stream struct {
	follower
	of *lived // nil for the seller's
}

// attempt is a request, and what the rules say that comes of it.
type attempt struct {
	request
	on *lived
	by order.Party
	// first is asked before anything else: whether there is nothing to do, or
	// nothing is allowed; nil when there is nothing to ask.
	first func() (done bool, err error)
	// stale is the order's version when the asker names another, 0 when not.
	stale int
	// do changes the order as the server has to, and returns what happened.
	do func(o *order.Order) ([]order.Event, error)
	// then is called when something happened; nil for nothing.
	then func()
}

// decide changes the order as the server has to.
func (t attempt) decide(o *order.Order) ([]order.Event, error) {
	if t.first != nil {
		if done, err := t.first(); done || err != nil {
			return nil, err
		}
	}
	if t.stale > 0 {
		return nil, &order.Error{Code: order.Stale, Version: t.stale}
	}
	return t.do(o)
}

// happened takes over what was decided.
func (t attempt) happened(o order.Order, events []order.Event, refusal error) {
	t.on.log, t.on.Order = append(t.on.log, events...), o
	if t.then != nil && refusal == nil && len(events) > 0 {
		t.then()
	}
}

type reply struct {
	status  int
	header  http.Header
	raw     []byte
	problem api.Problem
}

func (w *world) send(r request) (reply, error) {
	req, err := http.NewRequestWithContext(w.Context(), r.method, w.address+r.path, strings.NewReader(r.body))
	if err != nil {
		w.Fatal(err)
	}
	if r.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.as != "" {
		req.Header.Set("Authorization", "Bearer "+r.as)
	}
	for i := 0; i+1 < len(r.header); i += 2 {
		req.Header.Set(r.header[i], r.header[i+1])
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	a := reply{status: resp.StatusCode, header: resp.Header, raw: raw}
	if err == nil && resp.Header.Get("Content-Type") == "application/problem+json" {
		err = json.Unmarshal(raw, &a.problem)
	}
	return a, err
}

func (w *world) must(r request) reply {
	a, err := w.send(r)
	if err != nil {
		w.Fatalf("%s %s: %v, %s", r.method, r.path, err, a.raw)
	}
	return a
}

func (w *world) decode(r request, a reply, v any) {
	if a.status >= 300 {
		w.Fatalf("%s %s as asked at %s: %d %s", r.method, r.path, w.now, a.status, a.raw)
	}
	if err := json.Unmarshal(a.raw, v); err != nil {
		w.Fatalf("%s %s: %v in %s", r.method, r.path, err, a.raw)
	}
}

// perform sends the request and compares what comes of it with the rules.
func (w *world) perform(t attempt) {
	o := t.on.copied()
	events, refusal := t.decide(&o)
	t.happened(o, events, refusal)
	a := w.must(t.request)
	w.compare(t, a, refusal)
}

func (w *world) compare(t attempt, a reply, refusal error) {
	if refusal != nil {
		var e *order.Error
		if !errors.As(refusal, &e) || a.problem.Code != string(e.Code) || a.problem.Field != e.Field || a.problem.Version != e.Version {
			w.Fatalf("%s %s %s at %s is answered with %d %s; want the refusal %+v", t.method, t.path, t.body, w.now, a.status, a.raw, refusal)
		}
		return
	}
	if t.path != t.on.path("") && strings.Contains(t.path, "/review-link") {
		w.compareLink(t, a)
		return
	}
	var got api.Order
	w.decode(t.request, a, &got)
	o := t.on.copied()
	o.Advance(w.now, w.policy)
	want := api.ViewOrder(o, t.by, t.on.seller.name, w.now)
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(api.Order{}, "Version"), cmpopts.IgnoreFields(order.File{}, "Type")); diff != "" {
		w.Fatalf("%s %s %s at %s (-rules +server):\n%s", t.method, t.path, t.body, w.now, diff)
	}
	if got.Version < t.on.version {
		w.Fatalf("order %s had version %d and has %d", t.on.ID, t.on.version, got.Version)
	}
	t.on.version = got.Version
}

// compareLink takes over the buyer's new token.
func (w *world) compareLink(t attempt, a reply) {
	var got api.ReviewLink
	w.decode(t.request, a, &got)
	token, ok := strings.CutPrefix(got.ReviewURL, lifeURL+"/review/")
	if got.Revoked != t.on.ReviewRevoked || ok == got.Revoked {
		w.Fatalf("%s: the link is %+v; revoked: %t", t.path, got, t.on.ReviewRevoked)
	}
	if ok {
		t.on.buyer = token
	}
}

// settle waits until the server has done everything that it has to do by now.
// Nothing but a change wakes it when the clock is set, hence the bell. The
// sentinel is an order that falls due now (see jump): once it has, whatever the
// server began under an earlier clock is over.
func (w *world) settle() {
	w.write(w.orders[bell])
	for _, l := range w.orders {
		o := l.copied()
		l.log, l.Order = append(l.log, o.Advance(w.now, w.policy)...), o
	}
	w.await()
}

// The orders that no party but the test acts on.
const (
	bell = iota
	sentinel
	firstOrder
)

func (w *world) write(l *lived) {
	w.perform(attempt{
		request: request{method: "POST", path: l.path("/messages"), as: l.seller.token, body: `{"message":"ding"}`}, on: l, by: order.Seller,
		do: w.rule(order.Command{Action: order.WriteMessage, By: order.Seller, Message: "ding"}),
	})
}

func (w *world) rule(c order.Command) func(*order.Order) ([]order.Event, error) {
	return func(o *order.Order) ([]order.Event, error) { return o.Apply(c, w.now, w.policy) }
}

// await compares the histories, once they are as long as they have to be.
func (w *world) await() {
	for _, l := range w.orders {
		began := time.Now()
		for l.seen < len(l.log) {
			got := w.history(l)
			if len(got) < len(l.log) && time.Since(began) < tooLong {
				continue
			}
			if diff := cmp.Diff(l.log, got, cmpopts.IgnoreFields(order.Event{}, "Seq")); diff != "" {
				w.Fatalf("the history of order %s at %s (-rules +server):\n%s", l.ID, w.now, diff)
			}
			l.seen = len(got)
		}
	}
}

func (w *world) history(l *lived) []order.Event {
	r := request{method: "GET", path: l.path("/events?limit=500"), as: l.seller.token}
	var page api.EventPage
	w.decode(r, w.must(r), &page)
	return page.Events
}

// jump sets the clock, after it has made the sentinel due at that time.
func (w *world) jump(to time.Time) {
	w.arm(to)
	w.await() // the sentinel's history grows by itself from now on
	w.now = to
	w.set(to)
}

func (w *world) arm(to time.Time) {
	l := w.orders[sentinel]
	due := to.Add(order.RemindBefore)
	if due.Equal(l.DueReminded) {
		due = due.Add(-time.Nanosecond)
	}
	if !due.Add(-order.RemindBefore).After(w.now) {
		return // set back, when nothing falls due
	}
	raw, _ := json.Marshal(api.OrderEdit{DueAt: &due})
	w.perform(attempt{
		request: request{method: "PATCH", path: l.path(""), as: l.seller.token, body: string(raw)}, on: l, by: order.Seller,
		do: w.rule(order.Command{Action: order.ChangeOrder, By: order.Seller, Edit: order.Edit{DueAt: &due}}),
	})
}
