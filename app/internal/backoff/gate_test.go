package backoff_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handover/app/internal/backoff"
	"handover/backend/api"
)

// road is a server behind something that answers in its place; it notes what is
// sent and when.
type road struct {
	blocked func(r *http.Request) bool
	status  int
	after   string // Retry-After

	mu   sync.Mutex
	sent []time.Time
}

func (r *road) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		req.Body.Close()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	resp := &http.Response{StatusCode: 200, Header: http.Header{api.VersionHeader: {"1"}}, Body: http.NoBody, Request: req}
	r.sent = append(r.sent, time.Now())
	if r.blocked(req) {
		resp.StatusCode, resp.Header = r.status, http.Header{"Retry-After": {r.after}}
	}
	return resp, nil
}

// client returns a function that makes a request and returns its error.
func (r *road) client(gate *backoff.Gate) func(method, path, body string) error {
	guard := &api.Guard{Base: r, Gate: gate}
	return func(method, path, body string) error {
		req, err := http.NewRequestWithContext(context.Background(), method, "http://server.example"+path, strings.NewReader(body))
		if err != nil {
			return err
		}
		resp, err := guard.RoundTrip(req)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
}

func everything(*http.Request) bool { return true }

// However many uploads and questions wait, at most 12 requests a minute go out,
// and when the proxy is gone all get through within a minute or so.
func TestAtMostTwelveRequestsAMinute(t *testing.T) {
	for status := 300; status < 600; status += 13 {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			r := &road{status: status, blocked: func(*http.Request) bool { return time.Since(begin) < time.Hour }}
			do := r.client(backoff.NewGate(backoff.Delays(), 64<<10))
			var all sync.WaitGroup
			wait := func(method, path string) {
				for {
					err := do(method, path, "")
					if err == nil {
						return
					}
					f := api.ForeignIn(err)
					if f == nil || f.Status != status || f.Wait <= 0 {
						t.Errorf("%s %s: %v, %+v", method, path, err, f)
						return
					}
					time.Sleep(f.Wait)
				}
			}
			// One after the other: requests under way when the proxy comes are not counted.
			for n := range 40 {
				all.Go(func() {
					time.Sleep(time.Duration(n) * time.Millisecond)
					wait("HEAD", fmt.Sprintf("/uploads/%d", n))
					wait("PATCH", fmt.Sprintf("/uploads/%d", n))
				})
			}
			for n, request := range []string{"DELETE /uploads/9", "GET /api/v1/events", "GET /api/v1/orders", "PUT /api/v1/orders/1/draft-note"} {
				method, path, _ := strings.Cut(request, " ")
				all.Go(func() { time.Sleep(time.Duration(40+n) * time.Millisecond); wait(method, path) })
			}
			all.Wait()
			if took := time.Since(begin); took > time.Hour+2*time.Minute {
				t.Errorf("through after %v", took)
			}
			for i := 12; i < len(r.sent) && r.sent[i].Before(begin.Add(time.Hour)); i++ {
				if r.sent[i].Sub(r.sent[i-12]) < time.Minute {
					t.Fatalf("13 requests in the minute after %v", r.sent[i-12].Sub(begin))
				}
			}
		})
	}
}

// A proxy that refuses one method slows that one alone.
func TestOneMethodIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &road{status: 405, blocked: func(r *http.Request) bool { return r.Method == "PATCH" }}
		do := r.client(backoff.NewGate(backoff.Delays(), 64<<10))
		begin := time.Now()
		for time.Since(begin) < 10*time.Minute {
			if err := do("GET", "/api/v1/orders", ""); err != nil {
				t.Fatal(err)
			}
			before := len(r.sent)
			if err := do("HEAD", "/uploads/1", ""); err == nil {
				err = do("PATCH", "/uploads/1", "x")
				if f := api.ForeignIn(err); f == nil || f.Held {
					t.Fatalf("after HEAD: %v", err)
				}
			} else if len(r.sent) != before {
				t.Fatal("a request that was held was sent")
			}
			time.Sleep(time.Second)
		}
		if n := len(r.sent) - 600; n > 2*14 || n < 2*9 {
			t.Errorf("%d requests of uploads in ten minutes", n)
		}
	})
}

func TestRetryAfterOfAProxy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &road{status: 429, after: "90", blocked: everything}
		do := r.client(backoff.NewGate(backoff.Delays(), 64<<10))
		if f := api.ForeignIn(do("GET", "/api/v1/orders", "")); f == nil || f.Wait != 90*time.Second || f.Held {
			t.Fatalf("%+v", f)
		}
		time.Sleep(89 * time.Second)
		if f := api.ForeignIn(do("GET", "/api/v1/orders", "")); f == nil || !f.Held || f.Wait != time.Second {
			t.Errorf("%+v", f)
		}
		time.Sleep(time.Second)
		if f := api.ForeignIn(do("GET", "/api/v1/orders", "")); f == nil || f.Held {
			t.Errorf("%+v", f)
		}
	})
}

// A refusal of a size is answered with smaller requests, which do not wait.
func TestSizesDoNotWait(t *testing.T) {
	r := &road{status: 413, blocked: everything}
	do := r.client(backoff.NewGate(backoff.Delays(), 10))
	for range 3 {
		if f := api.ForeignIn(do("PATCH", "/uploads/1", "more than ten bytes")); f == nil || f.Held {
			t.Errorf("%+v", f)
		}
	}
	for n, held := range []bool{false, true} {
		if f := api.ForeignIn(do("PATCH", "/uploads/1", "few")); f == nil || f.Held != held {
			t.Errorf("attempt %d: %+v", n+1, f)
		}
	}
}

func TestOpenAsksAtOnce(t *testing.T) {
	r := &road{status: 502, blocked: everything}
	gate := backoff.NewGate(backoff.Delays(), 0)
	do := r.client(gate)
	do("GET", "/api/v1/orders", "")
	r.blocked = func(*http.Request) bool { return false }
	if err := do("GET", "/api/v1/orders", ""); !errors.Is(err, api.ErrUnreachable) {
		t.Error(err)
	}
	gate.Open()
	if err := do("GET", "/api/v1/orders", ""); err != nil {
		t.Error(err)
	}
	if err := do("GET", "/api/v1/orders", ""); err != nil {
		t.Error(err)
	}
}
