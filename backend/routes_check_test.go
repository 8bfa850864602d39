package backend_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"handover/backend"
	"handover/backend/order"
)

// request is the one that succeeds, on an order, as somebody.
func (r route) request(p placed, as string) request {
	return request{method: r.method(), path: fill(strings.Fields(r.name)[1], p) + r.query, as: as, body: r.body, header: r.header}
}

// fill puts the order into a path; what else it names is absent.
func fill(path string, p placed) string {
	path = strings.NewReplacer("{id}", p.id, "{n}", "1", "{file}", p.file.ID, "{number}", "99").Replace(path)
	return placeholder.ReplaceAllString(path, "absent")
}

var placeholder = regexp.MustCompile(`{[^}]*}`)

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
	raw, err := backend.OpenAPI(false)
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
		if strings.HasPrefix(path, "/uploads/") {
			continue // the suite of tus tests them
		}
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

// TestRoutes checks all that follows from each row, the good request last.
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
			r.methods(&on, p, methods)
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
		if a := s.send(request); a.StatusCode != http.StatusUnauthorized || a.problem.Code != string(order.Unauthenticated) {
			s.Errorf("%s gets %s %.300s; want %d %s", name, a.Status, a.raw, http.StatusUnauthorized, order.Unauthenticated)
		}
	}
	other := s.orderOf(s.otto, active)
	r.viewers(s, p, other)
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

// viewers has people who may look use the route, by token and by cookie.
func (r route) viewers(s *site, p, other placed) {
	s.Helper()
	if p.id == "" {
		if !r.look {
			s.send(r.request(p, s.share(other).token)).refused(s.T, http.StatusForbidden, order.Forbidden)
		}
		return
	}
	if r.look {
		p = s.order(r.on) // what a viewer writes is nothing to the rest of the checks
	}
	view := s.share(p)
	byCookie := r.request(p, "")
	byCookie.header = append(slices.Clone(r.header), "Cookie", view.cookie)
	for _, request := range []request{r.request(p, view.token), byCookie} {
		if a := s.send(request); !r.look {
			a.refused(s.T, http.StatusForbidden, order.Forbidden)
		} else if a.StatusCode != r.ok {
			s.Errorf("a viewer gets %s %.300s; want %d", a.Status, a.raw, r.ok)
		}
	}
	if r.look {
		s.send(r.request(p, s.share(other).token)).refused(s.T, http.StatusNotFound, order.NotFound)
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
	limit := r.limit
	if limit == 0 {
		limit = 64 << 10
	}
	expect("too large a body", r.body+strings.Repeat(" ", limit+1-len(r.body)), http.StatusRequestEntityTooLarge)
	if r.text {
		return
	}
	for _, broken := range []string{"{", "x", `{"a":}`, r.body + "x", "\xff", strings.Repeat("[", 10_000)} {
		expect(fmt.Sprintf("%.40q", broken), broken, http.StatusBadRequest)
	}
	for _, wrong := range []string{"[]", "null", `"x"`, "1", "[" + r.body + "]"} {
		expect(wrong, wrong, http.StatusUnprocessableEntity)
	}
	expect("plain text", r.body, http.StatusUnsupportedMediaType, "Content-Type", "text/plain")
	expect("a form", "message=x", http.StatusUnsupportedMediaType, "Content-Type", "application/x-www-form-urlencoded")
}

// methodsAt returns the methods of every route that answers at the path, such
// as /orders/{id} at /orders/summary.
func methodsAt(described map[string][]string, at string) (found []string) {
	for pattern, methods := range described {
		if ok, _ := path.Match(placeholder.ReplaceAllString(pattern, "*"), at); ok {
			found = append(found, methods...)
		}
	}
	return found
}

func (r route) methods(s *site, p placed, all map[string][]string) {
	s.Helper()
	described := methodsAt(all, fill(strings.Fields(r.name)[1], p))
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
	a := s.send(r.request(p, r.caller(s, p)))
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
