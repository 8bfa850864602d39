package tus_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handover/app/internal/tus"
)

// inParts has files go in three parts beside a first one, on a path that was
// found long and slow.
func inParts(t *testing.T, s *server, change ...func(*tus.Config)) *tus.Client {
	change = append([]func(*tus.Config){func(c *tus.Config) { c.Parts, c.PartsFrom, c.InlineSize = 3, 2*mib, -1 }}, change...)
	c := s.client(t, change...)
	tus.SetPath(c, 100*time.Millisecond, 1)
	return c
}

// keeper notes the parts as a caller would store them.
type keeper struct {
	mu    sync.Mutex
	parts []tus.Part
}

func (k *keeper) events(w *watcher) tus.Events {
	ev := w.events()
	ev.Parts = func(parts []tus.Part) error {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.parts = parts
		return nil
	}
	return ev
}

// restored is the parts as the next start of a program finds them.
func (k *keeper) restored(t *testing.T) (parts []tus.Part) {
	t.Helper()
	raw, err := json.Marshal(k.parts)
	if err == nil {
		err = json.Unmarshal(raw, &parts)
	}
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

// leftovers are the uploads that the server has beside the whole.
func leftovers(t *testing.T, s *server) int {
	t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	n := -1
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".info") {
			n++
		}
	}
	return n
}

func TestParts(t *testing.T) {
	s := newServer(t)
	src, content := writeFile(t, 9*mib+5)
	src.Metadata = map[string]string{"order": "7"}
	res, w := deliver(t, s, inParts(t, s), src, content)
	log := s.requests()
	if posts, patches := strings.Count(log, "POST"), strings.Count(log, "PATCH"); posts != 5 || patches != 4 {
		t.Errorf("requests: %s", log)
	}
	if n := leftovers(t, s); n != 0 {
		t.Errorf("%d parts stay on the server", n)
	}
	if len(w.created) != 1 || w.created[0] != res.URL {
		t.Errorf("created %v, result %s", w.created, res.URL)
	}
	if info, err := os.ReadFile(s.stored(res.URL) + ".info"); err != nil || !strings.Contains(string(info), `"order":"7"`) {
		t.Errorf("metadata of the whole: %s, %v", info, err)
	}
}

func TestOneStream(t *testing.T) {
	many := func(c *tus.Config) { c.Parts, c.PartsFrom = 4, 2*mib }
	const single = "OPTIONS, POST, PATCH 0, HEAD"
	for _, tc := range []struct {
		name   string
		change func(*tus.Config)
		path   func(*tus.Client)
		fault  fault
		want   string
	}{
		{"on a fast path", many, func(*tus.Client) {}, nil, single},
		{"when the server cannot", many, func(c *tus.Client) { tus.SetPath(c, time.Second, 1) },
			refuse(200, "", "Tus-Extension", "creation,concatenation-unfinished"), single},
		{"when the server does not say", many, func(c *tus.Client) { tus.SetPath(c, time.Second, 1) }, refuse(500, ""), single},
		{"when it is not wanted", func(*tus.Config) {}, func(c *tus.Client) { tus.SetPath(c, time.Second, 1) }, nil, "POST, PATCH 0, HEAD"},
		{"for a small file", func(c *tus.Config) { c.Parts = 4 }, func(c *tus.Client) { tus.SetPath(c, time.Second, 1) }, nil, "POST, PATCH 0, HEAD"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newServer(t)
			if tc.fault != nil {
				s.on("OPTIONS", tc.fault)
			}
			c := s.client(t, tc.change)
			tc.path(c)
			src, content := writeFile(t, 3*mib)
			deliver(t, s, c, src, content)
			if got := s.requests(); got != tc.want {
				t.Errorf("requests: %s; want %s", got, tc.want)
			}
		})
	}
	t.Run("behind the first part when that is fast", func(t *testing.T) {
		s := newServer(t)
		c := s.client(t, many)
		tus.SetPath(c, time.Second, 1.9e6) // 5 s for the rest
		src, content := writeFile(t, 8*mib)
		deliver(t, s, c, src, content)
		if log := s.requests(); strings.Count(log, "POST") != 3 {
			t.Errorf("requests: %s", log)
		}
	})
}

// Interrupted in the middle, another client goes on with the parts, and sends
// nothing twice.
func TestPartsResume(t *testing.T) {
	s := newServer(t)
	src, content := writeFile(t, 9*mib)
	k, w := &keeper{}, &watcher{}
	// All parts are on their way when one of them breaks off.
	var arrived sync.WaitGroup
	arrived.Add(3)
	together := func(f fault) fault {
		return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			arrived.Done()
			arrived.Wait()
			f(w, r, next)
		}
	}
	through := first(func() {})
	s.on("PATCH", nil, together(through), together(cut(mib)), together(through))
	_, err := inParts(t, s, func(c *tus.Config) { c.MaxFailures = 1 }).Upload(t.Context(), src, k.events(w))
	if err == nil || len(w.created) != 0 {
		t.Fatalf("%v, created %v", err, w.created)
	}
	s.requests()
	src.Parts = k.restored(t)
	if len(src.Parts) != 4 {
		t.Fatalf("parts %+v", src.Parts)
	}
	deliver(t, s, s.client(t), src, content) // parts or not, is what the last call has decided
	log := s.requests()
	if strings.Contains(log, "OPTIONS") || strings.Count(log, "POST") != 1 {
		t.Errorf("requests: %s", log)
	}
	if n := leftovers(t, s); n != 0 {
		t.Errorf("%d parts stay on the server", n)
	}
}

func TestPartsThatGotLost(t *testing.T) {
	s := newServer(t)
	src, content := writeFile(t, 9*mib)
	k, w := &keeper{}, &watcher{}
	s.on("POST", nil, nil, nil, nil, refuse(403, ""))
	_, err := inParts(t, s).Upload(t.Context(), src, k.events(w))
	wantError(t, err, tus.ErrUnauthorised)
	src.Parts = k.restored(t)
	lost := src.Parts[2].URL
	t.Run("between two calls", func(t *testing.T) {
		if err := s.client(t).Terminate(t.Context(), lost); err != nil {
			t.Fatal(err)
		}
		s.requests()
		s.on("POST", nil, refuse(403, ""))
		_, err := s.client(t).Upload(t.Context(), src, k.events(w))
		wantError(t, err, tus.ErrUnauthorised)
		if log := s.requests(); strings.Count(log, "PATCH") != 1 {
			t.Errorf("requests: %s", log)
		}
		src.Parts = k.restored(t)
	})
	t.Run("before they are put together", func(t *testing.T) {
		c := s.client(t)
		s.on("POST", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			// Not over the network, whose locks are taken by now.
			for _, name := range []string{"", ".info"} {
				if err := os.Remove(s.stored(src.Parts[1].URL) + name); err != nil {
					t.Error(err)
				}
			}
			next.ServeHTTP(w, r)
		})
		deliver(t, s, c, src, content)
		if log := s.requests(); strings.Count(log, "PATCH") != 1 {
			t.Errorf("requests: %s", log)
		}
	})
}

func TestPartsLostAnswers(t *testing.T) {
	for _, method := range []string{"POST", "PATCH", "HEAD", "DELETE"} {
		t.Run(method, func(t *testing.T) {
			s := newServer(t)
			for range 6 {
				s.on(method, nil, lose)
			}
			src, content := writeFile(t, 9*mib)
			deliver(t, s, inParts(t, s), src, content)
		})
	}
}

// A server that takes its time to put the parts together says so by an upload
// without an offset.
func TestPartsThatAreStillPutTogether(t *testing.T) {
	t.Run("and are then", func(t *testing.T) {
		s := newServer(t)
		s.on("HEAD", repeat(20, refuse(200, "", "Upload-Concat", "final;/files/a /files/b"))...)
		src, content := writeFile(t, 9*mib)
		deliver(t, s, inParts(t, s, func(c *tus.Config) { c.MaxFailures = 2 }), src, content)
	})
	t.Run("and never are", func(t *testing.T) {
		src, _ := writeFile(t, 100)
		src.URL = "http://server.example/files/whole" // known from an earlier call
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			s := &script{answer: func(int, *http.Request) (*http.Response, error) {
				return answer(200, "Upload-Concat", "final;/a /b"), nil
			}}
			_, err := s.client(t, func(c *tus.Config) { c.MaxFailures = 2 }).Upload(t.Context(), src, tus.Events{})
			wantError(t, err, tus.ErrProtocol)
			if waited := time.Since(begin); waited < time.Minute || waited > 2*time.Minute {
				t.Errorf("gave up after %s", waited)
			}
		})
	})
}

func TestPartsThatAreNone(t *testing.T) {
	for name, parts := range map[string][]tus.Part{
		"a gap":         {{Offset: 0, Size: mib, URL: "/files/a"}, {Offset: mib + 1, Size: 2*mib - 1}},
		"too short":     {{Offset: 0, Size: mib}},
		"too long":      {{Offset: 0, Size: 4 * mib}},
		"nothing in it": {{Offset: 0, Size: 0}, {Offset: 0, Size: 3 * mib}},
		"overflow":      {{Offset: 0, Size: 1<<63 - 1}, {Offset: 1<<63 - 1, Size: 3*mib + 1}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			src, content := writeFile(t, 3*mib)
			src.Parts = parts
			deliver(t, s, s.client(t), src, content)
			if got := s.requests(); got != "POST, PATCH 0, HEAD" {
				t.Errorf("requests: %s", got)
			}
		})
	}
}

func TestSourceChangesWhileInParts(t *testing.T) {
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			src, _ := writeFile(t, 9*mib)
			s.on("PATCH", nil, nil, first(func() {
				if err := change(src.Path); err != nil {
					t.Error(err)
				}
			}))
			_, err := inParts(t, s).Upload(t.Context(), src, tus.Events{})
			wantError(t, err, tus.ErrSourceChanged)
			if leftovers(t, s) > 3 {
				t.Error("the parts were put together")
			}
		})
	}
}

// The path is measured by what goes over it anyway.
func TestPathIsMeasured(t *testing.T) {
	src, _ := writeFile(t, 3*mib)
	evenly := func(ctx context.Context, n int) (int, error) {
		time.Sleep(50 * time.Millisecond)
		return n, nil
	}
	for _, tc := range []struct {
		name       string
		trip, send time.Duration
		pace       tus.Pace
		want       bool
	}{
		{"short and fast", time.Millisecond, time.Millisecond, nil, false},
		{"long", 80 * time.Millisecond, time.Millisecond, nil, true},
		{"short and slow", time.Millisecond, 4 * time.Second, nil, true},
		{"short, and held back here", time.Millisecond, time.Millisecond, evenly, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				handle := func(w http.ResponseWriter, r *http.Request) {
					time.Sleep(tc.trip)
					if r.Method == http.MethodPatch {
						io.ReadFull(r.Body, make([]byte, 1)) // consents
						time.Sleep(tc.send)
						n, _ := io.Copy(io.Discard, r.Body)
						w.Header().Set("Upload-Offset", itoa(n+1))
						w.WriteHeader(http.StatusNoContent)
						return
					}
					discardHandler(w, r)
				}
				withPipes(t, handle, func(c *tus.Client) {
					if _, err := c.Upload(t.Context(), src, tus.Events{}); err != nil {
						t.Fatal(err)
					}
					if got := tus.LimitsPath(c); got != tc.want {
						t.Errorf("limits = %v", got)
					}
				}, func(c *tus.Config) { c.Pace = tc.pace })
			})
		})
	}
}
