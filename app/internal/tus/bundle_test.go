package tus_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"handover/app/internal/tus"
	"handover/backend"
	"handover/backend/order"
)

func bundles(c *tus.Config) { c.Bundles = true }

// writeSmall makes files of 1, 1001, 2001 … bytes.
func writeSmall(t *testing.T, files int) []tus.Source {
	t.Helper()
	dir := t.TempDir()
	list := make([]tus.Source, files)
	for n := range list {
		name := filepath.Join(dir, fmt.Sprintf("%02d", n))
		if err := os.WriteFile(name, []byte(strings.Repeat("x", 1+n*1000)), 0o600); err != nil {
			t.Fatal(err)
		}
		list[n] = identified(t, name)
	}
	return list
}

// uploadAll uploads the files at the same time.
func uploadAll(ctx context.Context, c *tus.Client, list []tus.Source, ev func(n int) tus.Events) ([]tus.Result, []error) {
	results, errs := make([]tus.Result, len(list)), make([]error, len(list))
	var all sync.WaitGroup
	for n, src := range list {
		all.Go(func() { results[n], errs[n] = c.Upload(ctx, src, ev(n)) })
	}
	all.Wait()
	return results, errs
}

func silent(int) tus.Events { return tus.Events{} }

// Small files reach Handover's server in few requests, whole and each told of.
func TestBundles(t *testing.T) {
	server, err := backend.StartLocal(backend.Config{Dir: t.TempDir(), Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if report, err := server.Check(context.Background()); err != nil || len(report.Problems) > 0 {
			t.Errorf("the server's data: %v, %v", report.Problems, err)
		}
		server.Close(context.Background())
	})
	seller, id := signIn(t, server)
	var mu sync.Mutex
	requests := 0
	c := newClient(t, server.URL()+"/uploads/", bundles, func(c *tus.Config) {
		c.Authorise = func(r *http.Request) error {
			mu.Lock()
			defer mu.Unlock()
			requests++
			seller.Authorise(r)
			return nil
		}
	})
	list := writeSmall(t, 60)
	for n := range list {
		list[n].Metadata = map[string]string{"order": id, "path": fmt.Sprintf("Größe/%d", n)}
	}
	created, last := make([]string, len(list)), make([]int64, len(list))
	results, errs := uploadAll(t.Context(), c, list, func(n int) tus.Events {
		return tus.Events{
			Created:  func(url string) error { created[n] = url; return nil },
			Progress: func(offset int64) { last[n] = offset },
		}
	})
	for n, res := range results {
		want, err := os.ReadFile(list[n].Path)
		if err != nil {
			t.Fatal(err)
		}
		if errs[n] != nil || res.SHA256 != hexSum(want) || res.ServerSHA256 != res.SHA256 || created[n] != res.URL || last[n] != int64(len(want)) {
			t.Errorf("%d: %+v, %v; created %q, %d sent", n, res, errs[n], created[n], last[n])
		}
		if path.Base(res.URL) == path.Base(results[(n+1)%len(results)].URL) {
			t.Errorf("%d has the upload of another", n)
		}
	}
	if requests >= len(list)/2 {
		t.Errorf("%d requests for %d files", requests, len(list))
	}
}

// A server that knows no bundles gets every file by itself, and soon no more
// bundles.
func TestServerWithoutBundles(t *testing.T) {
	s := newServer(t)
	c := s.client(t, bundles)
	for round := range 3 {
		list := writeSmall(t, 20)
		results, errs := uploadAll(t.Context(), c, list, silent)
		for n, res := range results {
			if info, err := os.Stat(s.stored(res.URL)); errs[n] != nil || err != nil || info.Size() != list[n].Identity.Size {
				t.Errorf("%d: %v, %v", n, errs[n], err)
			}
		}
		asked := strings.Count(s.requests(), "POST")
		if round == 2 && asked != len(list) || asked > 2*len(list) {
			t.Errorf("round %d: %d requests for %d files", round, asked, len(list))
		}
	}
}

// Whatever is wrong with an answer, the files arrive.
func TestBundleWithoutAnswer(t *testing.T) {
	answer := func(body string) fault { return refuse(http.StatusOK, body) }
	for name, f := range map[string]fault{
		"a fault":             refuse(http.StatusInternalServerError, "sorry"),
		"no list":             answer("fine"),
		"an empty list":       answer("[]"),
		"no digest":           answer(`[{"location":"/files/a","sha256":""}]`),
		"an address far away": answer(`[{"location":"https://elsewhere.example/a","sha256":"` + strings.Repeat("ab", 32) + `"}]`),
		"nothing":             func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			s.Config.ErrorLog = discard
			s.on(http.MethodPost, f)
			list := writeSmall(t, 1)
			results, errs := uploadAll(t.Context(), s.client(t, bundles), list, silent)
			if errs[0] != nil {
				t.Fatal(errs[0])
			}
			if _, err := os.Stat(s.stored(results[0].URL)); err != nil {
				t.Error(err)
			}
		})
	}
}

// One upload that is stopped ends at once, and the others arrive.
func TestBundleWithOneStopped(t *testing.T) {
	s := newServer(t)
	list := writeSmall(t, 10)
	ctx, stop := context.WithCancel(t.Context())
	s.on(http.MethodPost, func(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Error(err)
		}
		stop()
		<-r.Context().Done()
	})
	c := s.client(t, bundles)
	_, err := c.Upload(ctx, list[0], tus.Events{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the one that was stopped: %v", err)
	}
	_, errs := uploadAll(t.Context(), c, list, silent)
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

// A file that changes while it travels is not taken for what arrived.
func TestBundleOfAChangedFile(t *testing.T) {
	s := newServer(t)
	src := writeSmall(t, 2)[1]
	s.on(http.MethodPost, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if err := os.WriteFile(src.Path, []byte("another"), 0o600); err != nil {
			t.Error(err)
		}
		w.Header().Set("Tus-Resumable", "1.0.0")
		fmt.Fprintf(w, `[{"location":"/files/a","sha256":"%s"}]`, strings.Repeat("ab", 32))
	})
	if _, err := s.client(t, bundles).Upload(t.Context(), src, tus.Events{}); !errors.Is(err, tus.ErrSourceChanged) {
		t.Error(err)
	}
}
