package tus_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"handover/app/internal/tus"
	"handover/backend/api"
)

// Whatever something on the way answers, the upload stays as it is, and the next
// call goes on with it.
func TestForeignAnswersKeepTheUpload(t *testing.T) {
	src, content := writeFile(t, 5000)
	s := newServer(t)
	c := s.client(t, func(c *tus.Config) { c.InlineSize = -1 })
	for _, status := range []int{
		200, 201, 204, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 407, 408, 409, 410, 411, 412, 413, 415, 417,
		421, 423, 425, 429, 431, 451, 500, 501, 502, 503, 504, 507, 511, 599,
	} {
		page := "<html>Welcome"
		if status == 204 || status == 304 {
			page = ""
		}
		for _, method := range []string{"POST", "HEAD", "PATCH"} {
			w := &watcher{}
			s.on(method, foreign(status, page, "Content-Type", "text/html"))
			if method == "HEAD" {
				s.on("PATCH", cut(1000))
			}
			res, err := c.Upload(t.Context(), src, w.events())
			f := api.ForeignIn(err)
			if f == nil || f.Status != status {
				t.Fatalf("%d to %s: %v", status, method, err)
			}
			if (res.URL == "") != (method == "POST") {
				t.Fatalf("%d to %s: URL %q", status, method, res.URL)
			}
			again := src
			again.URL = res.URL
			if res, err := c.Upload(t.Context(), again, w.events()); err != nil || res.SHA256 != hexSum(content) || len(w.created) != 1 {
				t.Fatalf("%d to %s, then %+v, %v; created %v", status, method, res, err, w.created)
			}
		}
	}
}

// limited is a proxy that refuses requests with more content, as nginx does, and
// notes the largest that it passes on.
func limited(s *server, most int64, status int, largest *int64) {
	refused := foreign(status, "<html>Too large", "Content-Type", "text/html")
	for _, method := range []string{"POST", "PATCH"} {
		s.on(method, repeat(1000, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			if r.ContentLength > most {
				refused(w, r, next)
				return
			}
			*largest = max(*largest, r.ContentLength)
			next.ServeHTTP(w, r)
		})...)
	}
}

func TestSmallerRequests(t *testing.T) {
	const size = 20 * mib
	for name, most := range map[string]int64{"100 MB": 100e6, "10 MiB": 10 * mib, "1 MiB": mib, "100 KB": 100e3} {
		t.Run(name, func(t *testing.T) {
			s, largest, bound := newServer(t), int64(0), int64(0)
			limited(s, most, 413, &largest)
			keep := func(c *tus.Config) { c.Shrunk = func(n int64) { bound = n } }
			src, content := writeFile(t, size)
			_, w := deliver(t, s, s.client(t, keep), src, content)
			if len(w.created) != 1 || largest > most || most < size && (bound == 0 || bound <= most/4 || largest != bound) {
				t.Errorf("created %v, %d bytes at most, bound %d", w.created, largest, bound)
			}
			// With the bound that was stored nothing is refused any more.
			s.requests()
			c := s.client(t, func(c *tus.Config) { c.MaxRequest, c.Shrunk = bound, func(n int64) { t.Errorf("shrunk to %d", n) } })
			if bound == 0 {
				return
			}
			deliver(t, s, c, src, content)
			if got := int64(strings.Count(s.requests(), "PATCH")); got != (size+bound-1)/bound {
				t.Errorf("%d requests of %d bytes", got, bound)
			}
		})
	}
	t.Run("not below the least", func(t *testing.T) {
		s, largest := newServer(t), int64(0)
		limited(s, 1000, 413, &largest)
		src, _ := writeFile(t, size)
		_, err := s.client(t).Upload(t.Context(), src, tus.Events{})
		if f := api.ForeignIn(err); f == nil || f.Status != 413 {
			t.Error(err)
		}
		if got := strings.Count(s.requests(), "PATCH"); got > 15 {
			t.Errorf("%d attempts", got)
		}
	})
	t.Run("small files", func(t *testing.T) {
		s, largest := newServer(t), int64(0)
		limited(s, 100e3, 413, &largest)
		src, content := writeFile(t, 900_000)
		deliver(t, s, s.client(t), src, content)
	})
}

// A proxy holds each request until it is whole, and breaks off long ones: then
// nothing of them arrives, however often they are sent.
func TestProxyThatHoldsRequestsBack(t *testing.T) {
	const size, most = 20 * mib, mib
	for name, end := range map[string]fault{
		"and cuts":        func(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) },
		"and answers 504": foreign(504, "<html>Time-out", "Content-Type", "text/html"),
	} {
		t.Run(name, func(t *testing.T) {
			s, bound := newServer(t), int64(0)
			s.on("PATCH", repeat(1000, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				whole, err := io.ReadAll(r.Body)
				if err != nil || len(whole) > most {
					end(w, r, next)
					return
				}
				r.Body = io.NopCloser(bytes.NewReader(whole))
				next.ServeHTTP(w, r)
			})...)
			src, content := writeFile(t, size)
			w := &watcher{}
			c := s.client(t, func(c *tus.Config) { c.Shrunk = func(n int64) { bound = n } })
			var res tus.Result
			var err error
			for range 9 { // the caller's attempts after foreign answers
				res, err = c.Upload(t.Context(), src, w.events())
				src.URL = res.URL
				if api.ForeignIn(err) == nil {
					break
				}
			}
			if err != nil || res.SHA256 != hexSum(content) || len(w.created) != 1 || bound < most/4 || bound > most {
				t.Errorf("%+v, %v; created %v, bound %d", res, err, w.created, bound)
			}
		})
	}
}
