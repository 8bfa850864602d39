package desk_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/backend/api"
)

// interceptor is a proxy that answers requests in the server's place, with a
// page, until it is gone.
type interceptor struct {
	picks func(r *http.Request) (status int, ok bool)

	mu       sync.Mutex
	answered map[string]int // by kind of request
	statuses map[int]bool
}

func intercept(s *seller, picks func(r *http.Request) (int, bool)) *interceptor {
	i := &interceptor{picks: picks, answered: map[string]int{}, statuses: map[int]bool{}}
	s.line.fault(i.serve)
	return i
}

func (i *interceptor) serve(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
	i.mu.Lock()
	status, ok := i.picks(r)
	if ok {
		i.answered[kindOf(r)]++
		i.statuses[status] = true
	}
	i.mu.Unlock()
	if ok {
		page(w, r, status)
	}
	return ok
}

func page(w http.ResponseWriter, r *http.Request, status int) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Location", "/welcome")
	w.WriteHeader(status)
	if r.Method != http.MethodHead && status != http.StatusNoContent && status != http.StatusNotModified {
		io.WriteString(w, "<!DOCTYPE html><title>Welcome</title>")
	}
}

// kindOf names a request by its method and the last word of its route.
func kindOf(r *http.Request) string {
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/uploads/"):
		return r.Method + " uploads"
	case strings.HasSuffix(path, "/deliveries"), strings.HasSuffix(path, "/draft-note"), strings.HasSuffix(path, "/events"), strings.HasSuffix(path, "/session"):
		return r.Method + " " + filepath.Base(path)
	}
	return r.Method + " other"
}

func soon(o *desk.Options) {
	o.ForeignDelays = []time.Duration{5 * time.Millisecond, 20 * time.Millisecond}
}

// signedIn opens the desk, past what is on the way.
func (s *seller) signedIn(t *testing.T, change ...func(*desk.Options)) *desk.Desk {
	t.Helper()
	for {
		d, err := desk.Open(desk.Options{Home: s.home, Parallel: 2, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Session.SignIn(t.Context(), s.at, s.user.Email, s.user.Password, false)
		if closeErr := d.Close(); closeErr != nil {
			t.Fatal(closeErr)
		}
		if err == nil {
			return s.open(t, change...)
		}
		wantCode(t, err, problem.CodeIntercepted)
	}
}

// uploadsLeft are the uploads on the server that no delivery has.
func (s *seller) uploadsLeft(t *testing.T, deliveries int) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(s.data, "uploads", "*.data"))
	if err != nil {
		t.Fatal(err)
	}
	delivered := map[string]bool{}
	o, err := s.buyer.Order(t.Context(), s.order)
	if err != nil || len(o.Deliveries) != deliveries {
		t.Fatalf("%d deliveries, want %d: %v", len(o.Deliveries), deliveries, err)
	}
	for _, d := range o.Deliveries {
		for _, f := range d.Files {
			delivered[f.ID] = true
		}
	}
	var left []string
	for _, name := range names {
		if id := strings.TrimSuffix(filepath.Base(name), ".data"); !delivered[id] {
			left = append(left, id)
		}
	}
	return left
}

// Every status from 300 to 599 comes from a proxy in the server's place, at any
// request, while 20 MB go in requests of at most 1 MB; then the proxy is gone.
// The work is delivered, once, with nothing left behind.
func TestEveryStatusOfAProxy(t *testing.T) {
	for name, change := range map[string]func(*desk.Options){"deliver": func(*desk.Options) {}, "in the background": background} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSeller(t)
			path, sum := s.file(t, "film.mov", 20_000_000)
			statuses := rand.Perm(300)
			met := map[string]bool{}
			proxy := intercept(s, func(r *http.Request) (int, bool) {
				kind := kindOf(r)
				switch {
				case r.ContentLength > 1_000_000:
					return http.StatusRequestEntityTooLarge, true
				case kind == "POST deliveries" && !met[kind]:
					met[kind] = true
					return http.StatusForbidden, true
				case len(statuses) == 0, met[kind] && rand.IntN(10) < 2:
					return 0, false
				}
				met[kind] = true
				status := 300 + statuses[0]
				statuses = statuses[1:]
				return status, true
			})
			d := s.signedIn(t, soon, change)
			must(t, d.Session.Patiently(t.Context(), func() error { _, _, err := d.Attach(t.Context(), s.order, []string{path}); return err }))
			if _, err := d.Describe(s.order, "Done."); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]string{"film.mov": sum}, s.downloaded(t, 1)); diff != "" {
				t.Error(diff)
			}
			if left := s.uploadsLeft(t, 1); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			proxy.mu.Lock()
			defer proxy.mu.Unlock()
			t.Log(len(proxy.statuses), "statuses;", proxy.answered)
			if len(proxy.statuses) < 250 || proxy.answered["POST deliveries"] == 0 {
				t.Error("the proxy answered too little")
			}
		})
	}
}

// A login page answers everything, also with statuses of success. The draft's
// files say so while they wait, and go when it is gone.
func TestPortalInTheBackground(t *testing.T) {
	for _, status := range []int{200, 204, 302, 401, 403, 404, 405, 410, 413, 451, 502} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s := newSeller(t)
			d := s.open(t, soon, background)
			if _, _, _, err := d.Orders.Refresh(t.Context(), s.order); err != nil {
				t.Fatal(err)
			}
			path, sum := s.file(t, "film.mov", 3_000_000)
			up := true
			portal := intercept(s, func(*http.Request) (int, bool) { return status, up })
			s.line.CloseClientConnections()
			s.attach(t, d, path)
			if _, err := d.Describe(s.order, "Done."); err != nil {
				t.Fatal(err)
			}
			seen := fmt.Sprint(status)
			until(t, "the file says what answers", func() bool {
				dr, err := d.Draft(s.order)
				must(t, err)
				f := dr.Files[0]
				if f.State == draft.Problem {
					t.Fatalf("%+v", f)
				}
				return f.Fault.Code == problem.CodeIntercepted && strings.Contains(f.Fault.Message, seen)
			})
			until(t, "the desk says so", func() bool {
				session, online := d.Session.Current()
				return session.Server != "" && !online && strings.HasPrefix(d.Session.Intercepted(), seen)
			})
			_, err := d.Orders.WriteMessage(t.Context(), s.order, "Hello?")
			wantCode(t, err, problem.CodeIntercepted)
			portal.mu.Lock()
			up = false
			portal.mu.Unlock()
			until(t, "it arrived", func() bool {
				dr, err := d.Draft(s.order)
				return err == nil && dr.Files[0].State == draft.Verified && dr.Files[0].Fault == draft.Fault{} && d.Session.Intercepted() == ""
			})
			if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]string{"film.mov": sum}, s.downloaded(t, 1)); diff != "" {
				t.Error(diff)
			}
			if left := s.uploadsLeft(t, 1); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// One foreign answer late in an upload costs nothing of what is on the server.
func TestForeignAnswerKeepsWhatWasSent(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, soon)
	path, sum := s.file(t, "film.mov", 20_000_000)
	must(t, func() error { _, err := d.Describe(s.order, "Done."); return err }())
	s.attach(t, d, path)
	sent, creations := int64(0), 0
	var mu sync.Mutex
	s.line.fault(func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case is(r, "POST", "/uploads/"):
			creations++
		case is(r, "PATCH", "/uploads/") && sent == 0: // most of it arrives
			sent, _ = 19_000_000, true
			r.Body = struct {
				io.Reader
				io.Closer
			}{io.MultiReader(io.LimitReader(r.Body, sent), broken{}), r.Body}
			loseAnswer(w, r, next)
		case is(r, "HEAD", "/uploads/") && sent == 19_000_000:
			sent++
			page(w, r, 404)
			return true
		case is(r, "PATCH", "/uploads/") && r.ContentLength > 1_000_000:
			t.Errorf("%d bytes were sent again", r.ContentLength)
		}
		return false
	})
	if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"film.mov": sum}, s.downloaded(t, 1)); diff != "" || creations != 1 {
		t.Errorf("%d creations; %s", creations, diff)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A proxy's limit on requests is met with smaller ones, also those of the next
// program.
func TestProxyThatLimitsRequests(t *testing.T) {
	for name, most := range map[string]int64{"1 MB": 1_000_000, "100 KB": 100_000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSeller(t)
			d := s.open(t, soon)
			var mu sync.Mutex
			refused := 0
			s.line.fault(func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
				if r.ContentLength <= most {
					return false
				}
				mu.Lock()
				defer mu.Unlock()
				refused++
				page(w, r, http.StatusRequestEntityTooLarge)
				return true
			})
			for number, before := 1, -1; number <= 2; number++ {
				want := map[string]string{}
				for name, size := range map[string]int{"film.mov": 5_000_000, "song.mp3": 800_000, "note.txt": 40_000, "a.txt": 10, "b.txt": 10} {
					var path string
					path, want[name] = s.file(t, name, size)
					s.attach(t, d, path)
				}
				if _, err := d.Describe(s.order, fmt.Sprint(number)); err != nil {
					t.Fatal(err)
				}
				if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, s.downloaded(t, number)); diff != "" {
					t.Error(diff)
				}
				mu.Lock()
				if refused == 0 || before >= 0 && refused != before {
					t.Errorf("refused %d, then %d", before, refused)
				}
				before = refused
				mu.Unlock()
				must(t, d.Close())
				d = s.open(t, soon)
			}
			if left := s.uploadsLeft(t, 2); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// A proxy takes the digest out of the answers. That is no fault of this
// computer's memory.
func TestProxyThatStripsDigests(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, soon)
	s.line.fault(func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if !is(r, r.Method, "/uploads/") {
			return false
		}
		next.ServeHTTP(stripped{w}, r)
		return true
	})
	want := map[string]string{}
	for name, size := range map[string]int{"film.mov": 5_000_000, "song.mp3": 300_000, "note.txt": 400} {
		var path string
		path, want[name] = s.file(t, name, size)
		s.attach(t, d, path)
	}
	if _, err := d.Describe(s.order, "Done."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, s.downloaded(t, 1)); diff != "" {
		t.Error(diff)
	}
}

type stripped struct{ http.ResponseWriter }

func (s stripped) WriteHeader(status int) {
	s.Header().Del("Repr-Digest")
	s.ResponseWriter.WriteHeader(status)
}

func (s stripped) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// Every error has a code and words, so that none passes for none.
func TestNoErrorWithoutWords(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, soon)
	p, _ := s.file(t, "film.mov", 2_000_000)
	s.attach(t, d, p)
	if _, err := d.Describe(s.order, "Done."); err != nil {
		t.Fatal(err)
	}
	s.line.fault(func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if !is(r, "PATCH", "/uploads/") {
			return false
		}
		w.Header().Set("Tus-Resumable", "1.0.0")
		w.WriteHeader(http.StatusTeapot) // the server's, and without a word
		return true
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err := d.Delivery.Deliver(ctx, s.order, false)
	wantCode(t, err, problem.CodeInternal)
	if f := api.ForeignIn(err); f != nil || !strings.Contains(err.Error(), "418") {
		t.Error(err)
	}
	if _, err := os.Stat(p); err != nil {
		t.Error(err)
	}
}
