package backend_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/internal/store/postgres/pgtest"
	"handover/backend/order"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		beServer(dir)
		return
	}
	if dir := os.Getenv(migratedFolder); dir != "" {
		beMigration(dir)
		return
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if err := errors.Join(cluster.Stop(), storage.Stop(), os.RemoveAll(builtFolder)); err != nil {
			slog.Error("stop PostgreSQL and the storage, and remove the programs", "error", err)
			code = 1
		}
		os.Exit(code)
	}))
}

// cluster has the databases of the tests that need one.
var cluster pgtest.Cluster

const password = "correct horse"

// site is a whole server on loopback, with a clock that the test sets and two
// sellers, eva and otto. At its end the test verifies everything stored.
type site struct {
	*testing.T
	*backend.Server
	eva, otto string // their tokens
	dir       string // of its data
	database  string // the address of its records, "" when they are in dir
	// recordsOnly means that other sites have some of the files.
	recordsOnly bool
	address     string // where it listens, whatever its public address is
	behind      string // the server's own host and port, when address is a proxy's
	base        string // the path of its public address
	client      *http.Client
	close       func() error // verifies and closes
	log         *journal
	clock       *clock
}

// clock is the server's clock; it moves only when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func newSite(t *testing.T, configure ...func(*backend.Config)) *site {
	t.Helper()
	s := openSite(t, configure...)
	s.eva, s.otto = s.seller("eva@example.org"), s.seller("otto@example.org")
	return s
}

// openSite starts the server without making accounts.
func openSite(t *testing.T, configure ...func(*backend.Config)) *site {
	t.Helper()
	return openSiteOn(t, func(l net.Listener) net.Listener { return l }, configure...)
}

// openSiteOn is openSite on a listener that the test has a hand in.
func openSiteOn(t *testing.T, listener func(net.Listener) net.Listener, configure ...func(*backend.Config)) *site {
	t.Helper()
	s := &site{T: t, log: &journal{}, clock: &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}}
	c := backend.Config{
		Dir: t.TempDir(), Policy: order.DefaultPolicy(), Now: s.clock.Now,
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Pages: fstest.MapFS{
			"index.html":      {Data: []byte(`<title>Review</title><script src="/review/assets/app-1.js"></script>`)},
			"assets/app-1.js": {Data: []byte("export {}")},
		},
	}
	for _, f := range configure {
		f(&c)
	}
	server, err := backend.New(c)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = server.Start(listener(l))
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Server, s.dir, s.database, s.address = server, c.Dir, c.Database, "http://"+l.Addr().String()
	transport := &http.Transport{}
	s.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	// A server closes once; a test that does it before uses this, too.
	s.close = sync.OnceValue(func() error {
		transport.CloseIdleConnections()
		s.verify()
		ctx, cancel := context.WithTimeout(context.Background(), tooLong)
		defer cancel()
		return server.Close(ctx)
	})
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Errorf("close the server: %v", err)
		}
	})
	return s
}

func (s *site) verify() {
	if s.recordsOnly {
		s.checkRecords()
		return
	}
	report, err := s.Check(context.Background())
	if err != nil || len(report.Problems) > 0 {
		s.Errorf("the check says %s: %q, %v", report, report.Problems, err)
	}
}

func (s *site) seller(email string) string {
	s.Helper()
	if _, err := s.AddUser(s.Context(), api.NewUser{Email: email, Name: "The seller " + email, Password: password}); err != nil {
		s.Fatal(err)
	}
	return s.signIn(email)
}

func (s *site) signIn(email string) string {
	s.Helper()
	in := s.send(request{method: "POST", path: "/api/v1/session", body: fmt.Sprintf(`{"email":%q,"password":%q}`, email, password)})
	return into[api.Session](s, in).Token
}

// request is sent as JSON when it has a body. header are pairs.
type request struct {
	method, path, as, body string
	header                 []string
}

// answer is what came back, read whole. A stream of events has no end and is
// not read.
type answer struct {
	request
	*http.Response
	raw     []byte
	problem api.Problem // for a refusal
}

func (s *site) send(r request) answer {
	s.Helper()
	resp := s.open(s.Context(), r)
	defer resp.Body.Close()
	if resp.Header.Get("Content-Type") == "text/event-stream" {
		return answer{request: r, Response: resp}
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	a := answer{request: r, Response: resp, raw: raw}
	if resp.Header.Get("Content-Type") == "application/problem+json" {
		if err := json.Unmarshal(raw, &a.problem); err != nil {
			s.Errorf("%s %s: the problem does not parse: %v", r.method, r.path, err)
		}
		if a.problem.Status != resp.StatusCode || a.problem.Code == "" || a.problem.Detail == "" {
			s.Errorf("%s %s: the problem of a %d is incomplete: %s", r.method, r.path, resp.StatusCode, raw)
		}
		if !slices.Contains(describedCodes(), a.problem.Code) {
			s.Errorf("%s %s: the code %q is not described", r.method, r.path, a.problem.Code)
		}
	}
	return a
}

// describedCodes are the codes of problems that the description has.
var describedCodes = sync.OnceValue(func() []string {
	raw, err := backend.OpenAPI(false)
	var d struct {
		Components struct {
			Schemas struct {
				Problem struct {
					Properties struct{ Code struct{ Enum []string } }
				}
			}
		}
	}
	if err == nil {
		err = json.Unmarshal(raw, &d)
	}
	if err != nil {
		panic(err)
	}
	return d.Components.Schemas.Problem.Properties.Code.Enum
})

// open sends a request and leaves the answer's body to be read.
func (s *site) open(ctx context.Context, r request) *http.Response {
	s.Helper()
	var body io.Reader
	if r.body != "" {
		body = strings.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, s.at(r.path), body)
	if err != nil {
		s.Fatal(err)
	}
	if r.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.as != "" {
		req.Header.Set("Authorization", "Bearer "+r.as)
	}
	for i := 0; i+1 < len(r.header); i += 2 {
		req.Header.Set(r.header[i], r.header[i+1])
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.Fatal(err)
	}
	return resp
}

// at returns the address of a path of the server's, as it is or as the server
// named it in an answer.
func (s *site) at(path string) string {
	if !strings.HasPrefix(path, s.base+"/") {
		path = s.base + path
	}
	return s.address + path
}

// into decodes the answer of a request that has to succeed.
func into[T any](s *site, a answer) (v T) {
	s.Helper()
	if a.StatusCode >= 300 {
		s.Fatalf("%s %s: %s %s", a.method, a.path, a.Status, a.raw)
	}
	if err := json.Unmarshal(a.raw, &v); err != nil {
		s.Fatalf("%s %s: %v in %s", a.method, a.path, err, a.raw)
	}
	return v
}

// refused demands a problem with status and code.
func (a answer) refused(t *testing.T, status int, code order.Code) {
	t.Helper()
	if a.StatusCode != status || a.problem.Code != string(code) {
		t.Errorf("%s %s is answered with %s %.300s; want %d %s", a.method, a.path, a.Status, a.raw, status, code)
	}
}
