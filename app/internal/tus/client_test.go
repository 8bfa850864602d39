package tus_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"handover/app/internal/tus"
)

func TestNewRefusesBadEndpoints(t *testing.T) {
	for _, endpoint := range []string{"", "files", "/files/", "ftp://example.com/", "http://", "http://[", "https://me:pw@example.com/"} {
		if _, err := tus.New(tus.Config{Endpoint: endpoint}); err == nil {
			t.Errorf("%q was accepted", endpoint)
		} else if strings.Contains(err.Error(), "pw") {
			t.Errorf("%v shows the password", err)
		}
	}
}

func TestEveryRequestIsAuthorised(t *testing.T) {
	s := newServer(t)
	s.on("PATCH", refuse(500, ""))
	n := 0
	c := s.client(t, func(c *tus.Config) {
		c.Authorise = func(r *http.Request) error {
			n++
			r.Header.Set("Authorization", strings.Repeat("x", n))
			return nil
		}
	})
	src, content := writeFile(t, 2*mib)
	deliver(t, s, c, src, content)
	if got := strings.Join(s.auth, " "); got != "x xx xxx xxxx xxxxx" {
		t.Errorf("authorisations: %s", got)
	}
	locked := errors.New("the keyring is locked")
	c = s.client(t, func(c *tus.Config) { c.Authorise = func(*http.Request) error { return locked } })
	_, err := c.Upload(t.Context(), src, tus.Events{})
	wantError(t, err, locked)
}

func TestTerminate(t *testing.T) {
	s := newServer(t)
	src, _ := interrupted(t, s, 2*mib, 10)
	c := s.client(t)
	for range 2 { // the second finds nothing, and that is fine
		if err := c.Terminate(t.Context(), src.URL); err != nil {
			t.Fatal(err)
		}
	}
	if left, err := os.ReadDir(s.dir); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
	s.on("DELETE", refuse(410, "", "Tus-Resumable", "1.0.0"), refuse(409, "", "Tus-Resumable", "1.0.0"),
		refuse(404, "not here"), refuse(403, "not here"), refuse(401, ""), lose)
	if err := c.Terminate(t.Context(), src.URL); err != nil {
		t.Errorf("410: %v", err)
	}
	wantError(t, c.Terminate(t.Context(), src.URL), tus.ErrKept)
	for range 2 { // a proxy's word says nothing about the upload
		if err := c.Terminate(t.Context(), src.URL); err == nil || errors.Is(err, tus.ErrKept) {
			t.Errorf("a foreign answer: %v", err)
		}
	}
	wantError(t, c.Terminate(t.Context(), src.URL), tus.ErrUnauthorised)
	wantError(t, c.Terminate(t.Context(), src.URL), tus.ErrNetwork)
}

func TestWrongCertificateIsNotRetried(t *testing.T) {
	dials := 0
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = discard
	s.StartTLS()
	t.Cleanup(s.Close)
	c := newClient(t, s.URL, func(c *tus.Config) {
		c.Authorise = func(*http.Request) error { dials++; return nil }
	})
	src, _ := writeFile(t, 10)
	_, err := c.Upload(t.Context(), src, tus.Events{})
	wantError(t, err, tus.ErrNetwork)
	if dials != 1 || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("%d attempts: %v", dials, err)
	}
}

// Ending the context ends the upload at once, with the caller's reason, and
// what the server has can be continued.
func TestCancel(t *testing.T) {
	s := newServer(t)
	src, content := writeFile(t, 8*mib)
	ctx, cancel := context.WithCancelCause(t.Context())
	paused := errors.New("paused")
	w := &watcher{}
	ev := w.events()
	ev.Progress = func(n int64) {
		if n >= mib {
			cancel(paused)
		}
	}
	res, err := s.client(t).Upload(ctx, src, ev)
	wantError(t, err, context.Canceled, paused)
	if res.URL != w.created[0] {
		t.Errorf("URL %q", res.URL)
	}
	src.URL = res.URL
	deliver(t, s, s.client(t), src, content)

	s.requests()
	_, err = s.client(t).Upload(ctx, src, tus.Events{})
	wantError(t, err, context.Canceled)
	if got := s.requests(); got != "" {
		t.Errorf("requests after the end: %s", got)
	}
}

// Memory must not grow with the file: both ends of the upload together, the
// connection and the buffers included, allocate less than a few MiB.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("moves 256 MiB")
	}
	const size = 256 * mib
	s := httptest.NewServer(http.HandlerFunc(discardHandler))
	t.Cleanup(s.Close)
	src := sparse(t, size)
	c := newClient(t, s.URL)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := c.Upload(t.Context(), src, tus.Events{}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	allocated := after.TotalAlloc - before.TotalAlloc
	t.Logf("%d KiB allocated for %d MiB", allocated>>10, size>>20)
	if allocated > 4*mib {
		t.Errorf("%d bytes allocated", allocated)
	}
}

// sparse makes a file of zeroes that takes no room.
func sparse(t testing.TB, size int64) tus.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sparse.bin")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(size), f.Close()); err != nil {
		t.Fatal(err)
	}
	return identified(t, path)
}

// discardHandler is the least that can pass for a tus server.
func discardHandler(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Tus-Resumable", "1.0.0")
	switch r.Method {
	case http.MethodPost:
		w.Header().Set("Location", "/1")
		w.WriteHeader(http.StatusCreated)
	case http.MethodPatch:
		n, _ := io.CopyBuffer(struct{ io.Writer }{io.Discard}, r.Body, make([]byte, 256<<10))
		w.Header().Set("Upload-Offset", itoa(n))
		w.WriteHeader(http.StatusNoContent)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func BenchmarkUpload(b *testing.B) {
	const size = 256 * mib
	s := httptest.NewServer(http.HandlerFunc(discardHandler))
	b.Cleanup(s.Close)
	src := sparse(b, size)
	c := newClient(b, s.URL, func(c *tus.Config) { c.StallTimeout = time.Minute })
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Upload(b.Context(), src, tus.Events{}); err != nil {
			b.Fatal(err)
		}
	}
}
