package backend_test

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"handover/backend/order"
)

// gone returns links that open nothing: of each kind one that never did and
// those that did.
func (s *site) gone() map[string]string {
	s.Helper()
	guess := strings.Repeat("A", 43)
	links := map[string]string{"a guess": "/review/" + guess, "a guess to look": "/review/look/" + guess}
	renewed := s.order(delivered)
	links["a renewed link's viewer"] = "/review/look/" + s.share(renewed).token
	s.send(request{method: "POST", path: renewed.path("/review-link"), as: s.eva})
	links["renewed"] = "/review/" + renewed.buyer
	revoked := s.order(delivered)
	links["a revoked link's viewer"] = "/review/look/" + s.share(revoked).token
	s.send(request{method: "DELETE", path: revoked.path("/review-link"), as: s.eva})
	links["revoked"] = "/review/" + revoked.buyer
	shared := s.order(delivered)
	ended := s.share(shared)
	s.endSharing(shared, ended)
	links["an ended link to look"] = "/review/look/" + ended.token
	return links
}

// Nobody learns from an answer whether a link ever worked: to the byte.
func TestGoneLinksAreAlike(t *testing.T) {
	s := newSite(t)
	telling := func(a answer) http.Header {
		h := a.Header.Clone()
		h.Del("Date")
		h.Del("X-Request-Id")
		return h
	}
	links := s.gone()
	want := s.send(request{method: "GET", path: links["a guess"]})
	want.refusedPage(t)
	for name, path := range links {
		for _, as := range []string{"", s.eva} {
			a := s.send(request{method: "GET", path: path, as: as})
			if a.StatusCode != want.StatusCode || !bytes.Equal(a.raw, want.raw) || !maps.EqualFunc(telling(a), telling(want), slices.Equal[[]string]) {
				t.Errorf("%s is answered with %s %v %s\na guess with %s %v %s", name, a.Status, a.Header, a.raw, want.Status, want.Header, want.raw)
			}
		}
		// And as tokens of programs, against an order that is there.
		token := path[strings.LastIndexByte(path, '/')+1:]
		got := s.send(request{method: "GET", path: s.order(active).path(""), as: token})
		got.refused(t, http.StatusUnauthorized, order.Unauthenticated)
	}
}

// Every answer says what may run in it, and nothing of the kind "unsafe".
func TestEveryAnswerHasAPolicy(t *testing.T) {
	s := newSite(t)
	p := s.order(delivered)
	v := s.share(p)
	page := []string{"/review/order/" + p.id, "/review/order/absent"}
	for _, path := range s.gone() {
		page = append(page, path)
	}
	file := p.filePath("1", p.file.ID)
	for _, group := range []struct {
		want  string
		paths []string
	}{
		{"script-src 'self'", page},
		{"sandbox; default-src 'none'", []string{file, file + "/preview", p.path("/deliveries/1/archive.zip")}},
		{"default-src 'none'", []string{
			"/review/" + p.buyer, "/review/look/" + v.token, "/review/assets/app-1.js", "/review/assets/absent", "/", "/nothing",
			"/openapi.json", "/openapi.yaml", "/healthz", p.path(""), p.path("/events"), p.path("/deliveries/1/receipt"), "/api/v1/nothing", "/uploads/absent",
		}},
	} {
		for _, path := range group.paths {
			a := s.send(request{method: "GET", path: path, as: p.buyer})
			csp := a.Header.Get("Content-Security-Policy")
			if !strings.Contains(csp, group.want) || !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
				t.Errorf("%s (%s) has the policy %q, want %s", path, a.Status, csp, group.want)
			}
			if a.Header.Get("Referrer-Policy") != "no-referrer" || a.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s (%s): %v", path, a.Status, a.Header)
			}
		}
	}
}
