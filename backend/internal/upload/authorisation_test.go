package upload_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAuthorisation(t *testing.T) { onEveryStore(t, testAuthorisation) }

func testAuthorisation(t *testing.T, newSite newSiteFunc) {
	methods := []string{"POST", "HEAD", "PATCH", "DELETE", "GET", "PUT"}
	for _, who := range []struct {
		name, authorization string
		status              map[string]int // the rest is 404
	}{
		{"nobody", "", map[string]int{"POST": 401, "HEAD": 401, "PATCH": 401, "DELETE": 401, "GET": 401, "PUT": 401}},
		{"a wrong token", "Bearer eve", map[string]int{"POST": 401, "HEAD": 401, "PATCH": 401, "DELETE": 401, "GET": 401, "PUT": 401}},
		{"another seller", "Bearer bob", nil},
		{"the owner", "Bearer ann", map[string]int{"POST": 405, "HEAD": 200, "PATCH": 204, "DELETE": 204, "GET": 405, "PUT": 405}},
	} {
		for _, method := range methods {
			t.Run(who.name+" "+method, func(t *testing.T) {
				s := newSite(t)
				url := s.create(10)
				r := s.ask(method, url, strings.NewReader("abc"), "Authorization", who.authorization,
					"Content-Type", "application/offset+octet-stream", "Upload-Offset", "0")
				want := who.status[method]
				if want == 0 {
					want = http.StatusNotFound
				}
				if r.StatusCode != want {
					t.Errorf("%d, want %d: %s", r.StatusCode, want, r.body)
				}
				if want == 401 && r.Header.Get("WWW-Authenticate") == "" {
					t.Error("no WWW-Authenticate")
				}
				if want >= 400 && s.offset(url) != 0 {
					t.Error("a refused request changed the upload")
				}
			})
		}
	}
}

// For another seller, every answer is that of a missing upload.
func TestForeignUploadLooksLikeNone(t *testing.T) { onEveryStore(t, testForeignUploadLooksLikeNone) }

func testForeignUploadLooksLikeNone(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	url := s.create(10)
	none := s.srv.URL + "/uploads/" + strings.Repeat("a", len(idOf(url)))
	for _, method := range []string{"HEAD", "PATCH", "DELETE", "GET"} {
		foreign := s.ask(method, url, nil, "Authorization", "Bearer bob", "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream")
		missing := s.ask(method, none, nil, "Authorization", "Bearer bob", "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream")
		if foreign.StatusCode != missing.StatusCode || foreign.body != missing.body || len(foreign.Header) != len(missing.Header) {
			t.Errorf("%s: %d %s %v, for a missing one %d %s %v", method,
				foreign.StatusCode, foreign.body, foreign.Header, missing.StatusCode, missing.body, missing.Header)
		}
	}
}

func TestCreationNeedsPost(t *testing.T) { onEveryStore(t, testCreationNeedsPost) }

func testCreationNeedsPost(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	for _, method := range []string{"GET", "HEAD", "PATCH", "DELETE", "PUT"} {
		if r := s.ask(method, "/uploads/", nil); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "POST, OPTIONS" {
			t.Errorf("%s: %d, Allow %q", method, r.StatusCode, r.Header.Get("Allow"))
		}
	}
}

func TestMethodOverrideIsIgnored(t *testing.T) { onEveryStore(t, testMethodOverrideIsIgnored) }

func testMethodOverrideIsIgnored(t *testing.T, newSite newSiteFunc) {
	s := newSite(t)
	url := s.create(10)
	for _, method := range []string{"DELETE", "PATCH"} {
		r := s.ask("POST", url, nil, "X-HTTP-Method-Override", method)
		s.want(r, http.StatusMethodNotAllowed, "method_not_allowed")
		r = s.ask("POST", "/uploads/", nil, "X-HTTP-Method-Override", method, "Upload-Length", "1", "Upload-Metadata", metadata("logo", "a"))
		s.want(r, http.StatusCreated, "")
	}
	if s.offset(url) != 0 {
		t.Error("the upload changed")
	}
}
