package tus_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"handover/app/internal/tus"
)

func TestRefusals(t *testing.T) {
	const problem = `{"title":"Conflict","detail":"The order is closed.","code":"conflict"}`
	asProblem := []string{"Content-Type", "application/problem+json"}
	for _, tc := range []struct {
		name, method string
		fault        fault
		is           error
		want         tus.StatusError
	}{
		{"401", "PATCH", refuse(401, "expired"), tus.ErrUnauthorised, tus.StatusError{401, "", "expired"}},
		{"401 to the creation", "POST", refuse(401, ""), tus.ErrUnauthorised, tus.StatusError{401, "", ""}},
		{"403", "PATCH", refuse(403, "ERR_MODIFY_FINAL: no"), tus.ErrUnauthorised, tus.StatusError{403, "ERR_MODIFY_FINAL", "no"}},
		{"413", "POST", refuse(413, "ERR_MAX_SIZE_EXCEEDED: maximum size exceeded\n"), tus.ErrTooLarge,
			tus.StatusError{413, "ERR_MAX_SIZE_EXCEEDED", "maximum size exceeded"}},
		{"507", "PATCH", refuse(507, "disk full"), nil, tus.StatusError{507, "", "disk full"}},
		{"400", "PATCH", refuse(400, "ERR_UPLOAD_STOPPED: upload has been stopped by server"), nil,
			tus.StatusError{400, "ERR_UPLOAD_STOPPED", "upload has been stopped by server"}},
		{"412", "PATCH", refuse(412, ""), nil, tus.StatusError{412, "", ""}},
		{"wrong endpoint", "POST", refuse(404, "not here"), nil, tus.StatusError{404, "", "not here"}},
		{"problem", "POST", refuse(409, problem, asProblem...), nil, tus.StatusError{409, "conflict", "The order is closed."}},
		{"problem without detail", "POST", refuse(422, `{"title":"No"}`, asProblem...), nil, tus.StatusError{422, "", "No"}},
		{"broken problem", "POST", refuse(422, `{"title":`, asProblem...), nil, tus.StatusError{422, "", ""}},
		{"a page", "POST", refuse(418, "<html>teapot", "Content-Type", "text/html"), nil, tus.StatusError{418, "", ""}},
		{"long and dirty", "POST", refuse(418, "a\r\n\x1b[2Jb\xff"+strings.Repeat("é", 999)), nil,
			tus.StatusError{418, "", "a   [2Jb\uFFFD" + strings.Repeat("é", 300-9) + "…"}},
		{"redirect", "POST", refuse(307, "", "Location", "https://other.example/"), nil,
			tus.StatusError{307, "", "redirect to https://other.example/"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t)
			s.on(tc.method, repeat(9, tc.fault)...)
			src, _ := writeFile(t, 2*mib)
			_, err := s.client(t).Upload(t.Context(), src, tus.Events{})
			se, ok := errors.AsType[*tus.StatusError](err)
			if !ok || *se != tc.want {
				t.Errorf("error %v, want %v", err, &tc.want)
			}
			if tc.is != nil {
				wantError(t, err, tc.is)
			} else if errors.Is(err, tus.ErrUnauthorised) || errors.Is(err, tus.ErrTooLarge) {
				t.Errorf("%v means too much", err)
			}
			want := map[string]string{"POST": "POST", "PATCH": "POST, PATCH 0"}[tc.method]
			if got := s.requests(); got != want {
				t.Errorf("requests: %s; want %s", got, want)
			}
		})
	}
}

// The real server's own words for a file beyond its limit.
func TestTooLargeForTusd(t *testing.T) {
	s := newServer(t)
	src := sparse(t, 1<<30+1)
	_, err := s.client(t).Upload(t.Context(), src, tus.Events{})
	wantError(t, err, tus.ErrTooLarge)
	if got := s.requests(); got != "POST" || !strings.Contains(err.Error(), "maximum size exceeded") {
		t.Errorf("requests: %s; error: %v", got, err)
	}
}

func TestGone(t *testing.T) {
	for _, tc := range []struct {
		name, method string
		fault        fault
	}{
		{"404 to HEAD", "HEAD", refuse(404, "")},
		{"410 to HEAD", "HEAD", refuse(410, "")},
		{"404 to PATCH", "PATCH", refuse(404, "")},
		{"410 to PATCH", "PATCH", refuse(410, "")},
		{"another length", "HEAD", refuse(200, "", "Upload-Offset", "0", "Upload-Length", "9")},
		{"no length", "HEAD", refuse(200, "", "Upload-Offset", "0", "Upload-Length", "x")},
		{"an offset beyond the end", "HEAD", refuse(200, "", "Upload-Offset", "4000000")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t)
			src, content := interrupted(t, s, 3*mib, mib)
			s.on(tc.method, tc.fault)
			res, w := deliver(t, s, s.client(t), src, content)
			if len(w.created) != 1 || res.URL != w.created[0] || res.URL == src.URL {
				t.Errorf("created %v", w.created)
			}
		})
	}
	t.Run("really", func(t *testing.T) {
		s := newServer(t)
		src, content := interrupted(t, s, 3*mib, mib)
		for _, suffix := range []string{"", ".info"} {
			if err := os.Remove(s.stored(src.URL) + suffix); err != nil {
				t.Fatal(err)
			}
		}
		deliver(t, s, s.client(t), src, content)
		if got := s.requests(); got != "HEAD, POST, PATCH 0, HEAD" {
			t.Errorf("requests: %s", got)
		}
	})
	t.Run("twice", func(t *testing.T) {
		s := newServer(t)
		src, _ := interrupted(t, s, 3*mib, mib)
		s.on("PATCH", refuse(404, ""), refuse(404, ""))
		_, err := s.client(t).Upload(t.Context(), src, tus.Events{})
		wantError(t, err, tus.ErrGone)
		if got := s.requests(); got != "HEAD, PATCH 1048576, POST, PATCH 0" {
			t.Errorf("requests: %s", got)
		}
	})
}

func TestOtherOrigins(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the other origin was asked: %s %s", r.Method, r.URL)
	}))
	t.Cleanup(other.Close)
	signed := func(c *tus.Config) {
		c.Authorise = func(r *http.Request) error { r.Header.Set("Authorization", "Bearer secret"); return nil }
	}
	for name, location := range map[string]string{
		"another host": other.URL + "/files/1", "no scheme": strings.TrimPrefix(other.URL, "http:") + "/files/1",
		"another scheme": "ftp://example.com/1", "opaque": "mailto:a@example.com", "user": "http://a:b@",
	} {
		t.Run("Location with "+name, func(t *testing.T) {
			s := newServer(t)
			if name == "user" {
				location += s.Listener.Addr().String() + "/files/1"
			}
			s.on("POST", refuse(201, "", "Location", location))
			src, _ := writeFile(t, 2*mib)
			w := &watcher{}
			res, err := s.client(t, signed).Upload(t.Context(), src, w.events())
			wantError(t, err, tus.ErrForeignLocation)
			if res.URL != "" || len(w.created) != 0 || s.requests() != "POST" {
				t.Errorf("URL %q, created %v", res.URL, w.created)
			}
		})
	}
	t.Run("redirects are not followed", func(t *testing.T) {
		s := newServer(t)
		for _, method := range []string{"POST", "PATCH", "HEAD", "DELETE"} {
			s.on(method, refuse(308, "", "Location", other.URL))
		}
		src, _ := writeFile(t, 10)
		c := s.client(t, signed)
		if _, err := c.Upload(t.Context(), src, tus.Events{}); err == nil {
			t.Error("no error from POST")
		}
		src.URL = s.URL + "/files/1"
		if _, err := c.Upload(t.Context(), src, tus.Events{}); err == nil {
			t.Error("no error from HEAD")
		}
		if err := c.Terminate(t.Context(), src.URL); err == nil {
			t.Error("no error from DELETE")
		}
	})
	t.Run("a stored URL from elsewhere is not used", func(t *testing.T) {
		s := newServer(t)
		src, content := writeFile(t, 10)
		src.URL = other.URL + "/files/1"
		if _, w := deliver(t, s, s.client(t, signed), src, content); len(w.created) != 1 {
			t.Errorf("created %v", w.created)
		}
		wantError(t, s.client(t).Terminate(t.Context(), src.URL), tus.ErrForeignLocation)
	})
}

func TestLocations(t *testing.T) {
	for name, change := range map[string]func(string) string{
		"absolute path": func(u string) string { return u[strings.Index(u, "/files/"):] },
		"relative path": func(u string) string { return u[strings.LastIndex(u, "/")+1:] },
		"no scheme":     func(u string) string { return strings.TrimPrefix(u, "http:") },
		"fragment":      func(u string) string { return u + "#part" },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.on("POST", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				rec := httptest.NewRecorder()
				next.ServeHTTP(rec, r)
				w.Header().Set("Tus-Resumable", "1.0.0")
				w.Header().Set("Location", change(rec.Header().Get("Location")))
				w.WriteHeader(rec.Code)
			})
			src, content := writeFile(t, 2*mib)
			deliver(t, s, s.client(t), src, content)
		})
	}
	for name, fault := range map[string]fault{
		"none": refuse(201, ""), "not a URL": refuse(201, "", "Location", "http://[::1"), "wrong status": refuse(200, "", "Location", "/files/1"),
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.on("POST", fault)
			src, _ := writeFile(t, 2*mib)
			_, err := s.client(t).Upload(t.Context(), src, tus.Events{})
			wantError(t, err, tus.ErrProtocol)
		})
	}
}
