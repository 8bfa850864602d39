package backend_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"handover/backend"
	"handover/backend/order"
)

// A new route needs a row in routes; TestEveryRouteHasARow fails without. A row
// says who may use the route and which request succeeds. From that the tests
// below derive what everybody else gets: 401 without a sign-in, 403 for the
// other party, 404 for another seller and another order's buyer, 404 for an
// order that is not there, 405 for another method; and for a route with a body
// 400, 413 and 415 for no JSON, too much of it, and another type. What only
// this route refuses stands in the row: states and bodies.
type route struct {
	name   string // method and path, as in the OpenAPI document
	who    who
	on     string   // state of the order that {id} stands for; "" for a path without
	body   string   // that succeeds; "" for a route that reads none
	header []string // beside it, in pairs
	query  string
	ok     int // the status of success
	// conflict lists the states in which the request is refused with 409.
	conflict []string
	bad      []bad
	absent   []string // paths like this one that lead nowhere, by {id} and {file}
	limit    int      // bytes that a body may have; 0 for 64 KiB
	alone    bool     // ends the sign-in: it gets one of its own
	stream   bool     // the answer does not end
}

// bad is a body (or a query, for a route without) that is refused.
type bad struct {
	text   string
	status int
	field  string
}

type who string

const (
	anyone who = "anyone"
	seller who = "the seller"
	buyer  who = "the buyer"
	both   who = "both parties"
)

const id = "/api/v1/orders/{id}"

func except(kept ...string) []string {
	return slices.DeleteFunc(states(), func(s string) bool { return slices.Contains(kept, s) })
}

var routes = []route{
	{name: "GET /api/v1/server", who: anyone, ok: 200},
	{name: "POST /api/v1/session", who: anyone, ok: 200, body: `{"email":"eva@example.org","password":"correct horse"}`, bad: []bad{
		{`{"email":"","password":"x"}`, 422, "email"}, {`{"email":"a@example.org"}`, 422, "password"},
		{`{"email":1,"password":"x"}`, 422, "email"}, {`{"email":"a@example.org","password":"` + strings.Repeat("x", 1025) + `"}`, 422, "password"},
	}},
	{name: "DELETE /api/v1/session", who: seller, ok: 204, alone: true},
	{name: "GET /api/v1/orders", who: seller, ok: 200, query: "?status=active,completed&query=film&limit=1", bad: []bad{
		{"?limit=0", 422, "limit"}, {"?limit=501", 422, "limit"}, {"?limit=x", 422, "limit"}, {"?limit=1&status=gone", 422, "status[0]"},
		{"?cursor=not!one", 422, "cursor"}, {"?query=" + strings.Repeat("x", 201), 422, "query"},
	}},
	{name: "POST /api/v1/orders", who: seller, ok: 201, body: newOrder("Film", "bea@example.org", `,"price":{"amount":"1.00","currency":"EUR"}`), bad: []bad{
		{newOrder("", "bea@example.org", ""), 422, "title"}, {newOrder(strings.Repeat("x", 201), "bea@example.org", ""), 422, "title"},
		{newOrder(`a\nb`, "bea@example.org", ""), 422, "title"}, {newOrder("Film", "bea", ""), 422, "buyer.email"},
		{`{"title":"Film","buyer":{"name":"Bea","email":"bea@example.org"}}`, 422, "due_at"},
		{strings.Replace(newOrder("Film", "bea@example.org", ""), "2026-", "9999-", 1), 422, "due_at"},
		{newOrder("Film", "bea@example.org", `,"price":{"amount":"1,00","currency":"EUR"}`), 422, "price"},
		{newOrder("Film", "bea@example.org", `,"price":{"amount":"1.00","currency":"euro"}`), 422, "currency"},
		{newOrder("Film", "bea@example.org", `,"seller":"otto"`), 422, "seller"},
	}},
	{name: "GET " + id, who: both, on: active, ok: 200},
	{name: "POST " + id + "/deliveries", who: seller, on: active, ok: 201, body: goodDelivery, header: []string{idempotencyField, "k"},
		limit: 16 << 20, conflict: []string{completed, cancelled}, bad: []bad{
			{`{"description":" ","confirm_no_files":true}`, 422, "description"}, {`{"description":"It"}`, 422, ""},
			{`{"description":"It","links":[{"url":"http://example.org"}]}`, 422, "links"},
			{`{"description":"It","links":[{"url":"javascript:alert(1)"}]}`, 422, "links"},
			{`{"description":"It","files":[{"upload":"absent","path":"a","size":1,"sha256":""}]}`, 409, "files"},
			{`{"description":"` + strings.Repeat("ä", 2501) + `","confirm_no_files":true}`, 422, "description"},
		}},
	{name: "POST " + id + "/accept", who: buyer, on: delivered, ok: 200, conflict: except(delivered, buyerProposed)},
	{name: "POST " + id + "/changes", who: buyer, on: delivered, ok: 200, body: `{"message":"longer"}`, conflict: except(delivered, buyerProposed), bad: []bad{
		{`{"message":" "}`, 422, "message"}, {`{}`, 422, "message"}, {`{"message":1}`, 422, "message"},
		{`{"message":"` + strings.Repeat("ä", 2501) + `"}`, 422, "message"},
	}},
	{name: "POST " + id + "/extension", who: buyer, on: delivered, ok: 200, body: `{"days":7}`, conflict: except(delivered, buyerProposed), bad: []bad{
		{`{"days":0}`, 422, "days"}, {`{"days":8}`, 422, "days"}, {`{"days":-1}`, 422, "days"}, {`{"days":1.5}`, 422, "days"},
		{`{"days":99999999999999999999}`, 422, ""}, {`{}`, 422, "days"},
	}},
	{name: "POST " + id + "/messages", who: both, on: completed, ok: 200, body: `{"message":"hello"}`, conflict: []string{cancelled}, bad: []bad{
		{`{"message":""}`, 422, "message"}, {`{"message":["x"]}`, 422, "message"},
	}},
	{name: "POST " + id + "/cancellation", who: both, on: active, ok: 200, body: `{"message":"sorry"}`, conflict: except(active, delivered, inRevision), bad: []bad{
		{`{"message":" "}`, 422, "message"}, {`{"message":"` + strings.Repeat("x", 2501) + `"}`, 422, "message"},
	}},
	{name: "POST " + id + "/cancellation/agree", who: both, on: sellerProposed, ok: 200, conflict: except(sellerProposed, buyerProposed)},
	{name: "POST " + id + "/cancellation/decline", who: both, on: sellerProposed, ok: 200, conflict: except(sellerProposed, buyerProposed)},
	{name: "POST " + id + "/cancellation/withdraw", who: both, on: buyerProposed, ok: 200, conflict: except(sellerProposed, buyerProposed)},
	{name: "GET " + id + "/deliveries/{n}/files/{file}", who: both, on: delivered, ok: 200, absent: []string{
		id + "/deliveries/2/files/{file}", id + "/deliveries/0/files/{file}", id + "/deliveries/x/files/{file}", id + "/deliveries/-1/files/{file}",
		id + "/deliveries/1/files/absent", id + "/deliveries/1/files/..%2f{file}", id + "/deliveries/99999999999999999999/files/{file}",
	}},
	{name: "GET " + id + "/deliveries/{n}/archive.zip", who: both, on: delivered, ok: 200, absent: []string{
		id + "/deliveries/2/archive.zip", id + "/deliveries/0/archive.zip", id + "/deliveries/x/archive.zip",
	}},
	{name: "GET /api/v1/events", who: both, ok: 200, stream: true},
}

func newOrder(title, email, more string) string {
	return `{"title":"` + title + `","buyer":{"name":"Bea","email":"` + email + `"},"due_at":"2026-03-04T12:00:00Z"` + more + `}`
}

func (r route) method() string { return strings.Fields(r.name)[0] }

// request is the one that succeeds, on an order, as somebody.
func (r route) request(p placed, as string) request {
	return request{method: r.method(), path: fill(strings.Fields(r.name)[1], p) + r.query, as: as, body: r.body, header: r.header}
}

func fill(path string, p placed) string {
	return strings.NewReplacer("{id}", p.id, "{n}", "1", "{file}", p.file.ID).Replace(path)
}

// caller returns one who may use the route on the order.
func (r route) caller(s *site, p placed) string {
	switch {
	case r.alone:
		return s.signIn("eva@example.org")
	case r.who == buyer || r.on == sellerProposed || r.on == buyerProposed: // who agrees, declines or withdraws
		return p.buyer
	case r.who == anyone:
		return ""
	default:
		return s.eva
	}
}

func described(t *testing.T) map[string][]string {
	t.Helper()
	raw, err := backend.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	paths := map[string][]string{}
	for path, methods := range document.Paths {
		for method := range methods {
			paths[path] = append(paths[path], strings.ToUpper(method))
		}
	}
	return paths
}

func TestEveryRouteHasARow(t *testing.T) {
	rows := map[string]int{}
	for _, r := range routes {
		rows[r.name]++
	}
	for path, methods := range described(t) {
		for _, method := range methods {
			name := method + " " + path
			if rows[name] != 1 {
				t.Errorf("%s has %d rows in routes, want one", name, rows[name])
			}
			delete(rows, name)
		}
	}
	for name := range rows {
		t.Errorf("%s has a row, but is not described", name)
	}
}

// TestRoutes is the whole of what the rows say.
func TestRoutes(t *testing.T) {
	s := newSite(t)
	methods := described(t)
	for _, r := range routes {
		t.Run(r.name, func(t *testing.T) {
			on := *s
			on.T = t
			var p placed
			if r.on != "" {
				p = on.order(r.on)
			}
			r.strangers(&on, p)
			r.states(&on)
			r.bodies(&on, p)
			r.methods(&on, p, methods[strings.Fields(r.name)[1]])
			if p.id != "" {
				if o := on.look(p); o.Version != on.fresh(r.on) {
					t.Errorf("refused requests changed the order: %+v", o)
				}
			}
			r.succeeds(&on, p)
		})
	}
}

// fresh returns the version that an order has which has just been brought to
// the state.
func (s *site) fresh(state string) int { return s.look(s.order(state)).Version }

func (r route) strangers(s *site, p placed) {
	s.Helper()
	if r.who == anyone {
		return
	}
	for name, header := range map[string][]string{
		"nobody": nil, "a guess": {"Authorization", "Bearer " + strings.Repeat("A", 43)}, "another scheme": {"Authorization", "Basic " + s.eva},
		"an empty token": {"Authorization", "Bearer "}, "the order's ID": {"Authorization", "Bearer " + p.id + "x"},
		"another order's cookie": {"Cookie", "handover_review_other=" + p.buyer}, "a guessed cookie": {"Cookie", "handover_review_" + p.id + "=guess"},
	} {
		request := r.request(p, "")
		request.header = append(slices.Clone(request.header), header...)
		if a := s.send(request); a.StatusCode != http.StatusUnauthorized || a.problem.Code != string(order.Unknown) {
			s.Errorf("%s gets %s %.300s; want %d %s", name, a.Status, a.raw, http.StatusUnauthorized, order.Unknown)
		}
	}
	other := s.orderOf(s.otto, active)
	if r.who == seller {
		s.send(r.request(p, other.buyer)).refused(s.T, http.StatusForbidden, order.Forbidden)
	}
	if p.id == "" {
		return
	}
	if r.who == seller {
		s.send(r.request(p, p.buyer)).refused(s.T, http.StatusForbidden, order.Forbidden)
	} else {
		s.send(r.request(p, other.buyer)).refused(s.T, http.StatusNotFound, order.NotFound)
	}
	if r.who == buyer {
		s.send(r.request(p, s.eva)).refused(s.T, http.StatusForbidden, order.Forbidden)
	}
	s.send(r.request(p, s.otto)).refused(s.T, http.StatusNotFound, order.NotFound)
	for _, id := range []string{"absent", "%00", "..%2f" + p.id, strings.Repeat("x", 5000), "ä", p.id + "%20"} {
		s.send(r.request(placed{id: id, file: p.file}, s.eva)).refused(s.T, http.StatusNotFound, order.NotFound)
	}
	for _, path := range r.absent {
		s.send(request{method: r.method(), path: fill(path, p), as: s.eva}).refused(s.T, http.StatusNotFound, order.NotFound)
	}
}

func (r route) states(s *site) {
	s.Helper()
	for _, state := range r.conflict {
		p := s.order(state)
		a := s.send(r.request(p, r.caller(s, p)))
		a.refused(s.T, http.StatusConflict, order.Conflict)
		view := s.send(request{method: "GET", path: p.path(""), as: r.caller(s, p)})
		var o struct{ Allowed []order.Action }
		if err := json.Unmarshal(view.raw, &o); err != nil || !slices.Equal(a.problem.Allowed, o.Allowed) {
			s.Errorf("when %s the refusal allows %v, the order %v", state, a.problem.Allowed, o.Allowed)
		}
	}
}

func (r route) bodies(s *site, p placed) {
	s.Helper()
	as := r.caller(s, p)
	for _, b := range r.bad {
		request := r.request(p, as)
		if request.body != "" {
			request.body = b.text
		} else {
			request.path = strings.TrimSuffix(request.path, r.query) + b.text
		}
		if a := s.send(request); a.StatusCode != b.status || a.problem.Field != b.field {
			s.Errorf("%.200s is answered with %s %.300s; want %d of the field %q", b.text, a.Status, a.raw, b.status, b.field)
		}
	}
	if r.body == "" {
		return
	}
	expect := func(name, body string, status int, header ...string) {
		s.Helper()
		request := r.request(p, as)
		request.body, request.header = body, append(slices.Clone(request.header), header...)
		if a := s.send(request); a.StatusCode != status || a.problem.Code == "" {
			s.Errorf("%s is answered with %s %.300s; want a problem with %d", name, a.Status, a.raw, status)
		}
	}
	for _, broken := range []string{"{", "x", `{"a":}`, r.body + "x", "\xff", strings.Repeat("[", 10_000)} {
		expect(fmt.Sprintf("%.40q", broken), broken, http.StatusBadRequest)
	}
	for _, wrong := range []string{"[]", "null", `"x"`, "1", "[" + r.body + "]"} {
		expect(wrong, wrong, http.StatusUnprocessableEntity)
	}
	limit := r.limit
	if limit == 0 {
		limit = 64 << 10
	}
	expect("too large a body", r.body+strings.Repeat(" ", limit+1-len(r.body)), http.StatusRequestEntityTooLarge)
	expect("plain text", r.body, http.StatusUnsupportedMediaType, "Content-Type", "text/plain")
	expect("a form", "message=x", http.StatusUnsupportedMediaType, "Content-Type", "application/x-www-form-urlencoded")
}

func (r route) methods(s *site, p placed, described []string) {
	s.Helper()
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"} {
		if slices.Contains(described, method) {
			continue
		}
		request := r.request(p, r.caller(s, p))
		request.method = method
		a := s.send(request)
		a.refused(s.T, http.StatusMethodNotAllowed, "method_not_allowed")
		for _, want := range described {
			if !slices.Contains(strings.Split(a.Header.Get("Allow"), ", "), want) {
				s.Errorf("%s is not in Allow: %q", want, a.Header.Get("Allow"))
			}
		}
	}
}

func (r route) succeeds(s *site, p placed) {
	s.Helper()
	request := r.request(p, r.caller(s, p))
	if r.stream {
		resp := s.open(s.Context(), request)
		resp.Body.Close()
		if resp.StatusCode != r.ok {
			s.Errorf("the stream is answered with %s", resp.Status)
		}
		return
	}
	a := s.send(request)
	if a.StatusCode != r.ok {
		s.Errorf("the good request is answered with %s %.300s; want %d", a.Status, a.raw, r.ok)
	}
	if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Referrer-Policy") == "" || a.Header.Get("Cache-Control") == "" {
		s.Errorf("headers are missing that every answer carries: %v", a.Header)
	}
}

func TestNoRoute(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/api/", "/api/v1/", "/api/v2/orders", "/api/v1/nothing", "/api/v1/orders/x/nothing"} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			s.send(request{method: method, path: path, as: s.eva}).refused(t, http.StatusNotFound, order.NotFound)
		}
	}
	if a := s.send(request{method: "GET", path: "/"}); a.StatusCode != http.StatusNotFound {
		t.Errorf("/ is answered with %s", a.Status)
	}
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if a := s.send(request{method: "GET", path: path}); a.StatusCode != http.StatusOK || string(a.raw) != want {
			t.Errorf("%s is answered with %s %q", path, a.Status, a.raw)
		}
	}
}
