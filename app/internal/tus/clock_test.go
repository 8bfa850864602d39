package tus_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"handover/app/internal/tus"
)

// script is a transport that answers by itself and notes when it was asked.
type script struct {
	answer func(n int, r *http.Request) (*http.Response, error)
	times  []time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
	}
	s.times = append(s.times, time.Now())
	return s.answer(len(s.times), r)
}

func (s *script) client(t *testing.T, change ...func(*tus.Config)) *tus.Client {
	// The default delays are what these tests are about.
	defaults := func(c *tus.Config) { c.HTTP, c.Delays = &http.Client{Transport: s}, nil }
	return newClient(t, "http://server.example/files/", append([]func(*tus.Config){defaults}, change...)...)
}

func answer(status int, header ...string) *http.Response {
	res := &http.Response{StatusCode: status, Header: http.Header{"Tus-Resumable": {"1.0.0"}}, Body: http.NoBody}
	for i := 0; i+1 < len(header); i += 2 {
		res.Header.Set(header[i], header[i+1])
	}
	return res
}

func TestBackoff(t *testing.T) {
	src, _ := writeFile(t, 10)
	synctest.Test(t, func(t *testing.T) {
		down := errors.New("network is down")
		s := &script{answer: func(int, *http.Request) (*http.Response, error) { return nil, down }}
		_, err := s.client(t, func(c *tus.Config) { c.MaxFailures = 10 }).Upload(t.Context(), src, tus.Events{})
		wantError(t, err, tus.ErrNetwork, down)
		want := []time.Duration{0, 1, 3, 5, 10, 20, 30, 30, 30}
		if len(s.times) != len(want)+1 {
			t.Fatalf("%d attempts", len(s.times))
		}
		for i, w := range want {
			w *= time.Second
			if got := s.times[i+1].Sub(s.times[i]); got < w/2 || got > w {
				t.Errorf("wait %d was %v, want %v to %v", i+1, got, w/2, w)
			}
		}
	})
}

func TestRetryAfter(t *testing.T) {
	src, _ := writeFile(t, 10)
	const date, later = "Sat, 01 Jan 2000 00:00:00 GMT", "Sat, 01 Jan 2000 00:01:10 GMT"
	for _, tc := range []struct {
		name   string
		header []string
		want   time.Duration
	}{
		{"seconds", []string{"Retry-After", "42"}, 42 * time.Second},
		{"date", []string{"Retry-After", later}, 70 * time.Second},
		{"date by a clock that is wrong", []string{"Retry-After", "Mon, 01 Jan 2024 00:00:09 GMT", "Date", "Mon, 01 Jan 2024 00:00:00 GMT"}, 9 * time.Second},
		{"past", []string{"Retry-After", date}, 0},
		{"too long", []string{"Retry-After", "86400"}, 5 * time.Minute},
		{"nonsense", []string{"Retry-After", "-1"}, 0},
		{"none", nil, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answer: func(n int, _ *http.Request) (*http.Response, error) {
					if n == 1 {
						return answer(429, tc.header...), nil
					}
					return answer(401), nil
				}}
				_, err := s.client(t).Upload(t.Context(), src, tus.Events{})
				wantError(t, err, tus.ErrUnauthorised)
				if got := s.times[1].Sub(s.times[0]); got != tc.want {
					t.Errorf("waited %v, want %v", got, tc.want)
				}
			})
		})
	}
}

func TestCancelWhileWaiting(t *testing.T) {
	src, _ := writeFile(t, 10)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		begin := time.Now()
		s := &script{answer: func(int, *http.Request) (*http.Response, error) { return answer(503, "Retry-After", "200"), nil }}
		_, err := s.client(t).Upload(ctx, src, tus.Events{})
		wantError(t, err, context.DeadlineExceeded)
		if got := time.Since(begin); got != 90*time.Second {
			t.Errorf("returned after %v", got)
		}
	})
}

// pipes is a network inside the process, for tests on synctest's clock.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "unix"} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// withPipes has do use a client of h over connections inside the process, so
// that an hour on the wire takes no time.
func withPipes(t *testing.T, h http.HandlerFunc, do func(*tus.Client), change ...func(*tus.Config)) {
	network := newPipes()
	srv := &http.Server{Handler: h, ErrorLog: discard}
	served := make(chan struct{})
	go func() { defer close(served); srv.Serve(network) }()
	hc := tus.NewHTTPClient()
	hc.Transport.(*http.Transport).DialContext = network.dial
	do(newClient(t, "http://server.example/files/", append([]func(*tus.Config){func(c *tus.Config) { c.HTTP = hc }}, change...)...))
	hc.CloseIdleConnections()
	srv.Close()
	<-served
}

// onPipes runs an upload that way.
func onPipes(t *testing.T, src tus.Source, h http.HandlerFunc, change ...func(*tus.Config)) (res tus.Result, err error) {
	withPipes(t, h, func(c *tus.Client) { res, err = c.Upload(t.Context(), src, tus.Events{}) }, change...)
	return res, err
}

func TestStall(t *testing.T) {
	once := func(c *tus.Config) { c.MaxFailures = 1 }
	src, content := writeFile(t, 2*mib)
	for _, tc := range []struct {
		name string
		hang func(r *http.Request)
	}{
		{"nothing is read", func(*http.Request) {}},
		{"reading stops", func(r *http.Request) { io.CopyN(io.Discard, r.Body, mib) }},
		{"no answer", func(r *http.Request) { io.Copy(io.Discard, r.Body) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin, ended := time.Now(), make(chan struct{})
				_, err := onPipes(t, src, func(w http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodPatch {
						tc.hang(r)
						defer close(ended)
						time.Sleep(time.Hour)
					}
					discardHandler(w, r)
				}, once)
				wantError(t, err, tus.ErrNetwork, tus.ErrStalled)
				// A server that does not say "continue" gets a second.
				if got := time.Since(begin); got < time.Minute || got > time.Minute+2*time.Second {
					t.Errorf("noticed after %v", got)
				}
				<-ended
			})
		})
	}
	t.Run("slow is not stalled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			res, err := onPipes(t, src, func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPatch {
					discardHandler(w, r)
					return
				}
				readSlowly(r.Body, r.ContentLength)
				time.Sleep(50 * time.Second)
				w.Header().Set("Upload-Offset", itoa(r.ContentLength))
				w.WriteHeader(http.StatusNoContent)
			}, once)
			if err != nil || res.SHA256 != hexSum(content) {
				t.Errorf("%v, %+v", err, res)
			}
			if took := time.Since(begin); took < time.Hour {
				t.Errorf("took %v", took)
			}
		})
	})
}

// readSlowly takes 32 KiB a minute, nearly: as much as net/http writes at once.
func readSlowly(r io.Reader, n int64) {
	buf := make([]byte, 32<<10)
	for ; n > 0; n -= int64(len(buf)) {
		time.Sleep(57 * time.Second)
		io.ReadFull(r, buf[:min(n, int64(len(buf)))])
	}
}
