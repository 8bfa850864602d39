package tus_test

import (
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"handover/app/internal/tus"
)

func wantError(t *testing.T, err error, targets ...error) {
	t.Helper()
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Fatalf("error %v, want one that is %v", err, target)
		}
	}
}

func TestRetries(t *testing.T) {
	const size = 3 * mib
	for _, tc := range []struct {
		name   string
		method string
		faults []fault
		want   string // requests, without the HEAD that asks for the digest
	}{
		{"500 to PATCH", "PATCH", []fault{refuse(500, "ERR_LOCK_TIMEOUT: busy")}, "POST, PATCH 0, HEAD, PATCH 0"},
		{"several", "PATCH", repeat(3, refuse(503, "")), "POST, PATCH 0, HEAD, PATCH 0, HEAD, PATCH 0, HEAD, PATCH 0"},
		{"408", "PATCH", []fault{refuse(408, "")}, "POST, PATCH 0, HEAD, PATCH 0"},
		{"409", "PATCH", []fault{refuse(409, "ERR_MISMATCHED_OFFSET: mismatched offset")}, "POST, PATCH 0, HEAD, PATCH 0"},
		{"423", "PATCH", []fault{refuse(423, "ERR_UPLOAD_LOCKED: file currently locked")}, "POST, PATCH 0, HEAD, PATCH 0"},
		{"429", "PATCH", []fault{refuse(429, "slow down")}, "POST, PATCH 0, HEAD, PATCH 0"},
		{"another client took the lock", "PATCH", []fault{refuse(400, "ERR_UPLOAD_INTERRUPTED: by another request")}, "POST, PATCH 0, HEAD, PATCH 0"},
		{"another client took the lock of a Handover", "PATCH", []fault{refuse(400, `{"code":"upload_interrupted"}`, "Content-Type", "application/problem+json")}, "POST, PATCH 0, HEAD, PATCH 0"},
		{"a part of the body never came", "PATCH", []fault{refuse(400, `{"code":"unexpected_eof"}`, "Content-Type", "application/problem+json")}, "POST, PATCH 0, HEAD, PATCH 0"},
		{"an answer that breaks off", "PATCH", []fault{refuse(400, `{"code":"unexpe`, "Content-Type", "application/problem+json", "Content-Length", "50")}, "POST, PATCH 0, HEAD, PATCH 0"},
		{"cut early", "PATCH", []fault{cut(1)}, "POST, PATCH 0, HEAD, PATCH 1"},
		{"cut in the middle", "PATCH", []fault{cut(mib)}, "POST, PATCH 0, HEAD, PATCH 1048576"},
		{"lost answer to the last byte", "PATCH", []fault{lose}, "POST, PATCH 0"},
		{"500 to HEAD", "HEAD", []fault{refuse(500, ""), refuse(502, "")}, "POST, PATCH 0, HEAD, HEAD, HEAD, PATCH 0"},
		{"a portal answers HEAD", "HEAD", []fault{refuse(200, "")}, "POST, PATCH 0, HEAD, HEAD, PATCH 0"},
		{"a portal answers PATCH", "PATCH", []fault{refuse(200, "<p>Welcome")}, "POST, PATCH 0, HEAD, PATCH 0"},
		{"an impossible offset", "PATCH", []fault{refuse(204, "", "Upload-Offset", "99999999")}, "POST, PATCH 0, HEAD, PATCH 0"},
		{"an offset that went back", "PATCH", []fault{cut(mib), refuse(204, "", "Upload-Offset", "5")}, "POST, PATCH 0, HEAD, PATCH 1048576, HEAD, PATCH 1048576"},
		{"nothing taken", "PATCH", []fault{refuse(204, "", "Upload-Offset", "0")}, "POST, PATCH 0, HEAD, PATCH 0"},
		{"503 to POST", "POST", []fault{refuse(503, "")}, "POST, POST, PATCH 0"},
		{"lost answer to the creation", "POST", []fault{lose}, "POST, POST, PATCH 0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t)
			s.on(tc.method, tc.faults...)
			if tc.method == "HEAD" {
				s.on("PATCH", refuse(500, ""))
			}
			src, content := writeFile(t, size)
			deliver(t, s, s.client(t), src, content)
			if got := strings.TrimSuffix(s.requests(), ", HEAD"); got != tc.want {
				t.Errorf("requests: %s; want %s", got, tc.want)
			}
		})
	}
}

func TestLostCreationWithContent(t *testing.T) {
	s := newServer(t)
	s.on("POST", lose)
	src, content := writeFile(t, 1000)
	_, w := deliver(t, s, s.client(t), src, content)
	if got := s.requests(); got != "POST, POST, HEAD" || len(w.created) != 1 {
		t.Errorf("requests: %s, created %v", got, w.created)
	}
}

func TestServerWithoutCreationWithUpload(t *testing.T) {
	s := newServer(t)
	s.on("POST", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		r.Header.Del("Content-Type")
		next.ServeHTTP(w, r)
	})
	src, content := writeFile(t, 1000)
	deliver(t, s, s.client(t), src, content)
	if got := s.requests(); got != "POST, PATCH 0, HEAD" {
		t.Errorf("requests: %s", got)
	}
}

// Each attempt gets a little further, so there may be more of them than
// MaxFailures, and each byte is read for the digest as if there were one.
func TestProgressRenewsTheBudget(t *testing.T) {
	s := newServer(t)
	s.on("PATCH", repeat(20, cut(100_000))...)
	src, content := writeFile(t, 3*mib)
	_, w := deliver(t, s, s.client(t, func(c *tus.Config) { c.MaxFailures = 2 }), src, content)
	if !slices.Contains(w.offsets, 2_000_000) {
		t.Error("the server's offsets were not reported")
	}
	if got := strings.Count(s.requests(), "PATCH"); got != 21 {
		t.Errorf("%d PATCH requests", got)
	}
}

func TestGivesUpWithoutProgress(t *testing.T) {
	change := func(c *tus.Config) { c.MaxFailures = 3 }
	for _, tc := range []struct {
		name, method string
		fault        fault
		want         error
		status       int
	}{
		{"busy server", "PATCH", refuse(503, ""), nil, 503},
		{"broken connections", "PATCH", cut(0), tus.ErrNetwork, 0},
		{"portal", "PATCH", refuse(200, ""), tus.ErrProtocol, 0},
		{"no creation", "POST", refuse(502, ""), nil, 502},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t)
			s.on(tc.method, repeat(10, tc.fault)...)
			src, _ := writeFile(t, 2*mib)
			res, err := s.client(t, change).Upload(t.Context(), src, tus.Events{})
			if tc.want != nil {
				wantError(t, err, tc.want)
			}
			if se, ok := errors.AsType[*tus.StatusError](err); (tc.status != 0) != ok || ok && se.Status != tc.status {
				t.Errorf("error %v, want status %d", err, tc.status)
			}
			if got := strings.Count(s.requests(), tc.method); got != 3 {
				t.Errorf("%d attempts", got)
			}
			if (res.URL == "") != (tc.method == "POST") {
				t.Errorf("URL %q", res.URL)
			}
		})
	}
	t.Run("no server", func(t *testing.T) {
		s := newServer(t)
		c := s.client(t, change)
		s.Close()
		src, _ := writeFile(t, 10)
		_, err := c.Upload(t.Context(), src, tus.Events{})
		wantError(t, err, tus.ErrNetwork)
	})
}

// A server that lost what it had not written to disk is given it again.
func TestOffsetRegress(t *testing.T) {
	shrink := func(t *testing.T, s *server, w *watcher) fault {
		return first(func() {
			if err := os.Truncate(s.stored(w.created[0]), 1000); err != nil {
				t.Error(err)
			}
		})
	}
	for _, tc := range []struct {
		name  string
		patch []fault
		want  string
	}{
		{"after a cut", []fault{cut(2 * mib)}, "POST, PATCH 0, HEAD, PATCH 1000, HEAD"},
		{"after the last byte", nil, "POST, PATCH 0, HEAD, HEAD, PATCH 1000, HEAD"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, w := newServer(t), &watcher{}
			s.on("PATCH", tc.patch...)
			s.on("HEAD", shrink(t, s, w))
			src, content := writeFile(t, 3*mib)
			res, err := s.client(t).Upload(t.Context(), src, w.events())
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(s.stored(res.URL))
			if err != nil || hexSum(got) != hexSum(content) || res.SHA256 != hexSum(content) {
				t.Errorf("%d bytes differ: %v", len(got), err)
			}
			if got := s.requests(); got != tc.want {
				t.Errorf("requests: %s; want %s", got, tc.want)
			}
		})
	}
}
