package backend_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "correct horse"

// site is a whole server on loopback, with a clock that the test sets and two
// sellers, eva and otto. At its end the test verifies everything stored.
type site struct {
	*testing.T
	*backend.Server
	eva, otto string // their tokens
	dir       string // of its data
	address   string // where it listens, whatever its public address is
	client    *http.Client
	close     func() error // verifies and closes
	log       *journal
	clock     *clock
}

// clock is the server's clock; it stands still until it is moved.
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
	s := &site{T: t, log: &journal{}, clock: &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}}
	c := backend.Config{
		Dir: t.TempDir(), Policy: order.DefaultPolicy(), Now: s.clock.Now,
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Pages: fstest.MapFS{
			"index.html":      {Data: []byte("<title>Review</title>")},
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
		err = server.Start(l)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Server, s.dir, s.address = server, c.Dir, "http://"+l.Addr().String()
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
	s.eva, s.otto = s.seller("eva@example.org"), s.seller("otto@example.org")
	return s
}

func (s *site) verify() {
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

// answer is what came back, read whole.
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
	}
	return a
}

// open sends a request and leaves the answer's body to be read.
func (s *site) open(ctx context.Context, r request) *http.Response {
	s.Helper()
	var body io.Reader
	if r.body != "" {
		body = strings.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, s.address+r.path, body)
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

// placed is an order of eva's, with what opens it.
type placed struct {
	id, buyer string // the buyer's token
	file      order.File
}

func (p placed) path(rest string) string { return "/api/v1/orders/" + p.id + rest }

// The states that an order can be brought to.
const (
	active           = "active"
	delivered        = "delivered"
	inRevision       = "in revision"
	completed        = "completed"
	cancelled        = "cancelled"
	sellerProposed   = "active, the seller proposed to cancel"
	buyerProposed    = "delivered, the buyer proposed to cancel"
	content          = "the bytes of the film" // of the delivered file
	deliveredPath    = "Fotos/Hochzeit ä.jpg"
	goodDelivery     = `{"description":"It","links":[{"url":"https://example.org/film"}]}`
	deliverRoute     = "/deliveries"
	idempotencyField = "Idempotency-Key"
)

func states() []string {
	return []string{active, delivered, inRevision, completed, cancelled, sellerProposed, buyerProposed}
}

// order brings a new order of eva's to a state, over HTTP.
func (s *site) order(state string) placed {
	s.Helper()
	return s.orderOf(s.eva, state)
}

func (s *site) orderOf(seller, state string) placed {
	s.Helper()
	due := s.clock.Now().Add(time.Hour).Format(time.RFC3339)
	n := into[api.PlacedOrder](s, s.send(request{method: "POST", path: "/api/v1/orders", as: seller, body: `{
		"title":"Film","buyer":{"name":"Bea","email":"bea@example.org"},"due_at":"` + due + `","price":{"amount":"120.50","currency":"EUR"}}`}))
	p := placed{id: n.ID, buyer: n.ReviewURL[strings.LastIndexByte(n.ReviewURL, '/')+1:]}
	act := func(as, rest, body string) {
		s.Helper()
		into[api.Order](s, s.send(request{method: "POST", path: p.path(rest), as: as, body: body}))
	}
	if state == delivered || state == inRevision || state == completed || state == buyerProposed {
		p.file = s.upload(seller, p.id, deliveredPath, content)
		s.deliver(seller, p)
	}
	switch state {
	case inRevision:
		act(p.buyer, "/changes", `{"message":"longer"}`)
	case completed:
		act(p.buyer, "/accept", "")
	case cancelled:
		act(seller, "/cancellation", `{}`)
		act(p.buyer, "/cancellation/agree", "")
	case sellerProposed:
		act(seller, "/cancellation", `{"message":"sorry"}`)
	case buyerProposed:
		act(p.buyer, "/cancellation", `{"message":"sorry"}`)
	}
	return p
}

// upload sends a file by tus, in one piece.
func (s *site) upload(seller, id, path, text string) order.File {
	s.Helper()
	encode := base64.StdEncoding.EncodeToString
	made := s.send(request{method: "POST", path: "/uploads/", as: seller, header: []string{
		"Tus-Resumable", "1.0.0", "Upload-Length", fmt.Sprint(len(text)),
		"Upload-Metadata", "order " + encode([]byte(id)) + ",path " + encode([]byte(path)),
	}})
	location := made.Header.Get("Location")
	sent := s.send(request{method: "PATCH", path: location, as: seller, body: text, header: []string{
		"Tus-Resumable", "1.0.0", "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream",
	}})
	if made.StatusCode != http.StatusCreated || sent.StatusCode != http.StatusNoContent {
		s.Fatalf("uploading: %s %s, %s %s", made.Status, made.raw, sent.Status, sent.raw)
	}
	sum := sha256.Sum256([]byte(text))
	return order.File{
		ID: location[strings.LastIndexByte(location, '/')+1:], Path: path, Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:]),
	}
}

// delivery is the body that delivers files.
func delivery(files ...order.File) string {
	d := api.NewDelivery{Description: "The film"}
	for _, f := range files {
		d.Files = append(d.Files, api.DeliveredFile{Upload: f.ID, Path: f.Path, Size: f.Size, SHA256: f.SHA256})
	}
	raw, _ := json.Marshal(d)
	return string(raw)
}

func (s *site) deliver(seller string, p placed) api.Order {
	s.Helper()
	return into[api.Order](s, s.send(request{
		method: "POST", path: p.path(deliverRoute), as: seller, body: delivery(p.file), header: []string{idempotencyField, "first " + p.id},
	}))
}

// look returns the order as its buyer sees it.
func (s *site) look(p placed) api.Order {
	s.Helper()
	return into[api.Order](s, s.send(request{method: "GET", path: p.path(""), as: p.buyer}))
}
