package backend_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// openLink follows a buyer's link as a browser does first.
func (s *site) openLink(token string) answer {
	s.Helper()
	return s.send(request{method: "GET", path: "/review/" + token})
}

func TestReviewLink(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	a := s.openLink(p.buyer)
	location := a.Header.Get("Location")
	if a.StatusCode != http.StatusSeeOther || location != "/review/order/"+p.id || strings.Contains(string(a.raw), p.buyer) {
		t.Errorf("the link leads with %s to %q: %s", a.Status, location, a.raw)
	}
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the token may stay in caches or be sent on: %v", a.Header)
	}
	cookies := a.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("the link sets %v", cookies)
	}
	c := cookies[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.Domain != "" || c.MaxAge <= 0 {
		t.Errorf("the cookie is %s", c)
	}
	page := s.send(request{method: "GET", path: location})
	csp := page.Header.Get("Content-Security-Policy")
	if page.StatusCode != http.StatusOK || !strings.Contains(string(page.raw), "<title>Review") {
		t.Errorf("the page is %s %s", page.Status, page.raw)
	}
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the page's policy lacks %s: %s", want, csp)
		}
	}
	if strings.Contains(csp, "unsafe") {
		t.Errorf("the page's policy is weak: %s", csp)
	}

	cookie := []string{"Cookie", c.Name + "=" + c.Value}
	o := into[api.Order](s, s.send(request{method: "GET", path: p.path(""), header: cookie}))
	if o.ID != p.id || len(o.Allowed) == 0 {
		t.Errorf("with the cookie the order is %+v", o)
	}
	other := s.order(delivered)
	s.send(request{method: "GET", path: other.path(""), header: cookie}).refused(t, http.StatusUnauthorized, order.Unauthenticated)
	// The cookie under another order's name still opens only its own.
	moved := []string{"Cookie", strings.Replace(c.Name, p.id, other.id, 1) + "=" + c.Value}
	s.send(request{method: "GET", path: other.path(""), header: moved}).refused(t, http.StatusNotFound, order.NotFound)
	s.send(request{method: "GET", path: "/api/v1/orders", header: cookie}).refused(t, http.StatusUnauthorized, order.Unauthenticated)
}

func TestWrongReviewLink(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	for _, token := range []string{"x", p.buyer + "x", p.buyer[1:], strings.ToUpper(p.buyer), p.id, s.eva, "%00", strings.Repeat("x", 5000)} {
		a := s.openLink(token)
		if a.StatusCode != http.StatusNotFound || len(a.Cookies()) != 0 || !strings.Contains(string(a.raw), "<title>Review") {
			t.Errorf("%.60s is answered with %s, %v: %.100s", token, a.Status, a.Cookies(), a.raw)
		}
		if !strings.Contains(a.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("the page of a wrong link has the policy %q", a.Header.Get("Content-Security-Policy"))
		}
	}
}

func TestReviewCookieIsSecureByHTTPS(t *testing.T) {
	s := newSite(t, func(c *backend.Config) { c.PublicURL = "https://handover.example.org" })
	n := into[api.PlacedOrder](s, s.send(request{method: "POST", path: "/api/v1/orders", as: s.eva, body: newOrder("Film", "bea@example.org", "")}))
	token, ok := strings.CutPrefix(n.ReviewURL, "https://handover.example.org/review/")
	if !ok {
		t.Fatalf("the link is %s", n.ReviewURL)
	}
	if a := s.openLink(token); len(a.Cookies()) != 1 || !a.Cookies()[0].Secure {
		t.Errorf("the link sets %v", a.Cookies())
	}
}

// Another site must not act in a buyer's name, whose browser sends the cookie.
func TestOtherSites(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	cookie := []string{"Cookie", "handover_review_" + p.id + "=" + p.buyer}
	for name, header := range map[string][]string{
		"cross-site":        {"Sec-Fetch-Site", "cross-site"},
		"same-site":         {"Sec-Fetch-Site", "same-site"},
		"another origin":    {"Origin", "https://evil.example.org"},
		"an unknown origin": {"Origin", "null"},
		"a form":            {"Sec-Fetch-Site", "cross-site", "Content-Type", "application/x-www-form-urlencoded"},
		"an origin alike":   {"Origin", s.URL() + ".evil.example.org"},
		"another port":      {"Origin", s.URL() + "0"},
	} {
		for _, path := range []string{p.path("/accept"), p.path("/cancellation"), p.path("/view-links"), "/api/v1/session", "/uploads/"} {
			a := s.send(request{method: "POST", path: path, header: append(header, cookie...)})
			a.refused(t, http.StatusForbidden, "cross_site")
			if t.Failed() {
				t.Fatalf("that was %s", name)
			}
		}
	}
	if o := s.look(p); o.Status != order.Delivered {
		t.Errorf("another site made the order %s", o.Status)
	}
	own := append([]string{"Sec-Fetch-Site", "same-origin", "Origin", s.URL()}, cookie...)
	if a := s.send(request{method: "POST", path: p.path("/accept"), header: own}); a.StatusCode != http.StatusOK {
		t.Errorf("the own page is answered with %s %s", a.Status, a.raw)
	}
}

func TestReviewAssets(t *testing.T) {
	s := newSite(t)
	a := s.send(request{method: "GET", path: "/review/assets/app-1.js"})
	if a.StatusCode != http.StatusOK || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") || !strings.Contains(a.Header.Get("Content-Type"), "javascript") {
		t.Errorf("an asset is answered with %s %v", a.Status, a.Header)
	}
	// A worker runs by the policy that its script comes with.
	if policy := a.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self';") || strings.Contains(policy, "unsafe") {
		t.Errorf("an asset has the policy %q", policy)
	}
	for _, path := range []string{"", "absent.js", "..%2findex.html", "%2e%2e/index.html", "%2fetc%2fpasswd"} {
		if a := s.send(request{method: "GET", path: "/review/assets/" + path}); a.StatusCode < 300 {
			t.Errorf("the asset %q is answered with %s %s", path, a.Status, a.raw)
		}
	}
}

// What shrinks is sent compressed to whoever understands that, and is the same.
func TestPackedAssets(t *testing.T) {
	s := newSite(t)
	for accept, packs := range map[string]bool{
		"gzip": true, "br, GZIP ;q=0.5": true, "gzip;q=0": false, "gzip; q=0.000": false, "br": false, "identity": false, "xgzip": false,
	} {
		a := s.send(request{method: "GET", path: "/review/assets/app-1.js", header: []string{"Accept-Encoding", accept}})
		content, packed := a.raw, a.Header.Get("Content-Encoding") == "gzip"
		if packed {
			r, err := gzip.NewReader(bytes.NewReader(a.raw))
			if err == nil {
				content, err = io.ReadAll(r)
			}
			if err != nil {
				t.Errorf("%s: %v", accept, err)
			}
		}
		if packed != packs || string(content) != "export {}" || a.Header.Get("Vary") != "Accept-Encoding" || !strings.Contains(a.Header.Get("Content-Type"), "javascript") {
			t.Errorf("to %q came %q, %v", accept, content, a.Header)
		}
	}
}

func TestServerWithoutPages(t *testing.T) {
	s := newSite(t, func(c *backend.Config) { c.Pages = nil })
	p := s.order(delivered)
	if a := s.send(request{method: "GET", path: "/review/order/" + p.id}); a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(a.raw), "missing") {
		t.Errorf("the page is answered with %s %s", a.Status, a.raw)
	}
	if a := s.openLink(p.buyer); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the link is answered with %s", a.Status)
	}
}
