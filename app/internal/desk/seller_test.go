package desk_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// seller is a seller with one order at a real server, behind a line with
// faults.
type seller struct {
	server *backend.Server
	line   *line
	at     string // address that the desk signs in at
	buyer  *api.Client
	eva    *api.Client // the seller, past the line; nil until it is needed
	order  string      // ID
	home   string      // of the desk
	data   string      // of the server
	work   string      // folder of the files
	user   api.NewUser
}

// newSeller starts the server. When the test ends, everything that the server
// stored is checked.
func newSeller(t *testing.T, changes ...func(*order.Policy)) *seller {
	t.Helper()
	policy := order.DefaultPolicy()
	policy.MaxFileSize = 20 << 20
	for _, change := range changes {
		change(&policy)
	}
	data := t.TempDir()
	server, err := backend.StartLocal(backend.Config{Dir: data, Policy: policy, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s := &seller{
		server: server, line: newLine(t, server.URL()), home: t.TempDir(), data: data, work: t.TempDir(),
		user: api.NewUser{Email: "eva@example.org", Name: "Eva", Password: "a long password"},
	}
	s.at = s.line.URL
	t.Cleanup(func() {
		report, err := server.Check(context.Background())
		if err != nil || len(report.Problems) > 0 {
			t.Errorf("the server's data: %v, %v", report.Problems, err)
		}
		if err := server.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if _, err := server.AddUser(t.Context(), s.user); err != nil {
		t.Fatal(err)
	}
	placed := s.place(t, "Film", time.Hour)
	s.order = placed.ID
	if s.buyer, err = api.NewClient(server.URL(), path.Base(placed.ReviewURL), nil); err != nil {
		t.Fatal(err)
	}
	return s
}

// ctx is for what no test waits for any longer.
func (s *seller) ctx() context.Context { return context.Background() }

func (s *seller) place(t *testing.T, title string, due time.Duration) api.PlacedOrder {
	t.Helper()
	placed, err := s.server.AddOrder(t.Context(), s.user.Email, api.NewOrder{
		Title: title, Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: time.Now().Add(due),
	})
	if err != nil {
		t.Fatal(err)
	}
	return placed
}

// cancel has both sides agree to cancel an order, past the line.
func (s *seller) cancel(t *testing.T, id string) {
	t.Helper()
	if s.eva == nil {
		client, err := api.NewClient(s.server.URL(), "", nil)
		if err != nil {
			t.Fatal(err)
		}
		session, err := client.SignIn(t.Context(), s.user.Email, s.user.Password)
		if err == nil {
			s.eva, err = api.NewClient(s.server.URL(), session.Token, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	link, err := s.eva.RenewReviewLink(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	buyer, err := api.NewClient(s.server.URL(), path.Base(link.ReviewURL), nil)
	if err == nil {
		_, err = s.eva.ProposeCancellation(t.Context(), id, "No more.")
	}
	if err == nil {
		_, err = buyer.AnswerCancellation(t.Context(), id, order.AgreeCancellation)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// open opens the desk, signed in.
func (s *seller) open(t *testing.T, change ...func(*desk.Options)) *desk.Desk {
	t.Helper()
	o := desk.Options{Home: s.home, Parallel: 2, Log: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(&o)
	}
	d, err := desk.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() }) // closed twice is no error that matters
	if r, happened, err := d.Recovered(); happened || err != nil {
		t.Errorf("the drafts were damaged: %+v, %v", r, err)
	}
	if session, _ := d.Session.Current(); session.Server == "" {
		if err := d.Session.SignIn(t.Context(), s.at, s.user.Email, s.user.Password, false); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func background(o *desk.Options) { o.Background = true }

// file writes n random bytes into the work folder, and returns path and digest.
func (s *seller) file(t *testing.T, name string, n int) (string, string) {
	t.Helper()
	content := make([]byte, n)
	rand.Read(content)
	p := filepath.Join(s.work, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o700), os.WriteFile(p, content, 0o600)); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	return p, hex.EncodeToString(sum[:])
}

// attach adds paths to the order's draft, all of them.
func (s *seller) attach(t *testing.T, d *desk.Desk, paths ...string) draft.Draft {
	t.Helper()
	dr, refused, err := d.Attach(t.Context(), s.order, paths)
	if err != nil || len(refused) > 0 {
		t.Fatalf("attach: %v, refused %v", err, refused)
	}
	return dr
}

// downloaded returns the digests of what the buyer gets, by path.
func (s *seller) downloaded(t *testing.T, number int) map[string]string {
	t.Helper()
	o, err := s.buyer.Order(t.Context(), s.order)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for _, f := range o.Deliveries[number-1].Files {
		h := sha256.New()
		if err := s.buyer.Download(t.Context(), s.order, number, f.ID, h); err != nil {
			t.Fatal(err)
		}
		sums[f.Path] = hex.EncodeToString(h.Sum(nil))
	}
	return sums
}

// wantCode requires that the error has the code.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if e := problem.Explain(err); e == nil || e.Code != code {
		t.Fatalf("error %v, want the code %s", err, code)
	}
}

// until polls, because a real server is on the other side.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within two minutes", what)
		}
	}
}

// line is the way to the server, with faults.
type line struct {
	*httptest.Server
	mu     sync.Mutex
	down   bool
	opened int // connections
	faults []func(w http.ResponseWriter, r *http.Request, next http.Handler) bool
}

func newLine(t *testing.T, server string) *line {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	next := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(u) },
		Transport: transport, FlushInterval: -1,
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	l := &line{}
	l.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.serve(w, r, next) }))
	l.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	l.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.opened++
		}
	}
	l.Start()
	t.Cleanup(func() {
		l.CloseClientConnections()
		l.Close()
		transport.CloseIdleConnections()
	})
	return l
}

func (l *line) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	l.mu.Lock()
	down, faults := l.down, l.faults
	l.mu.Unlock()
	if down {
		panic(http.ErrAbortHandler)
	}
	for _, f := range faults {
		if f(w, r, next) {
			return
		}
	}
	next.ServeHTTP(w, r)
}

// cut takes the line down, and every connection with it.
func (l *line) cut(down bool) {
	l.mu.Lock()
	l.down = down
	l.mu.Unlock()
	if down {
		l.CloseClientConnections()
	}
}

// connections is how many were opened so far.
func (l *line) connections() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opened
}

// fault adds a fault, which reports whether it has dealt with the request.
func (l *line) fault(f func(w http.ResponseWriter, r *http.Request, next http.Handler) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, f)
}

// is tells requests apart.
func is(r *http.Request, method, part string) bool {
	return r.Method == method && strings.Contains(r.URL.Path, part)
}

// times lets f act on the first n requests that it is for.
func times(n int, method, part string, f func(w http.ResponseWriter, r *http.Request, next http.Handler)) func(http.ResponseWriter, *http.Request, http.Handler) bool {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		mu.Lock()
		acts := is(r, method, part) && n > 0
		if acts {
			n--
		}
		mu.Unlock()
		if acts {
			f(w, r, next)
		}
		return acts
	}
}

// loseAnswer has the server do the work and breaks the connection then.
func loseAnswer(_ http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// corrupt changes a byte on the way.
func corrupt(w http.ResponseWriter, r *http.Request, next http.Handler) {
	r.Body = &flipped{ReadCloser: r.Body}
	next.ServeHTTP(w, r)
}

type flipped struct {
	io.ReadCloser
	done bool
}

func (f *flipped) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	if n > 0 && !f.done {
		p[0] ^= 1
		f.done = true
	}
	return n, err
}
