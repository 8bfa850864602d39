package backend_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

const housePassword = "correct horse"

// house is a running server on real files, with a seller who is signed in. Its
// end checks everything that it stored.
type house struct {
	*backend.Server
	dir   string
	log   *logBook
	token string
}

func openHouse(t testing.TB, dir string, change func(*backend.Config)) *house {
	t.Helper()
	h := &house{dir: dir, log: &logBook{}}
	config := backend.Config{
		Dir: dir, Policy: order.DefaultPolicy(),
		Log: slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&config)
	}
	var err error
	if h.Server, err = backend.StartLocal(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		report, err := h.Check(ctx)
		if err != nil || len(report.Problems) > 0 {
			t.Errorf("check: %v, %v", report.Problems, err)
		}
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return h
}

// withSeller opens a house in a new folder and signs Eva in.
func withSeller(t testing.TB, change func(*backend.Config)) *house {
	t.Helper()
	h := openHouse(t, t.TempDir(), change)
	h.hire(t, "eva@example.org")
	h.token = h.signIn(t, "eva@example.org", housePassword)
	return h
}

func (h *house) hire(t testing.TB, email string) {
	t.Helper()
	if _, err := h.AddUser(t.Context(), api.NewUser{Email: email, Name: "Eva Editor", Password: housePassword}); err != nil {
		t.Fatal(err)
	}
}

func (h *house) signIn(t testing.TB, email, password string) string {
	t.Helper()
	var session api.Session
	h.ask(t, "POST", "/api/v1/session", "", api.Credentials{Email: email, Password: password}).into(t, http.StatusOK, &session)
	return session.Token
}

// reply is an answer, read whole.
type reply struct {
	*http.Response
	body []byte
}

func (r reply) into(t testing.TB, status int, v any) {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("%s %s: %s %s, want %d", r.Request.Method, r.Request.URL.Path, r.Status, r.body, status)
	}
	if v != nil {
		if err := json.Unmarshal(r.body, v); err != nil {
			t.Fatal(err)
		}
	}
}

// code is the code of the problem, if it is one.
func (r reply) code() string {
	var p api.Problem
	_ = json.Unmarshal(r.body, &p) // what is no problem has no code
	return p.Code
}

// ask sends in as JSON, if any. headers are pairs.
func (h *house) ask(t testing.TB, method, path, token string, in any, headers ...string) reply {
	t.Helper()
	var body io.Reader = http.NoBody
	if raw, ok := in.([]byte); ok {
		body = bytes.NewReader(raw)
	} else if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.NewReader(raw)
		headers = append([]string{"Content-Type", "application/json"}, headers...)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, h.URL()+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp, raw}
}

// place places an order of Eva's and returns it with the buyer's token.
func (h *house) place(t testing.TB) (id, buyer string) {
	t.Helper()
	o, err := h.AddOrder(t.Context(), "eva@example.org", api.NewOrder{
		Title: "Wedding film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: time.Now().Add(72 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	return o.ID, path.Base(o.ReviewURL)
}

// upload uploads a file whole and returns what a delivery says of it.
func (h *house) upload(t testing.TB, orderID, name string, content []byte) api.DeliveredFile {
	t.Helper()
	base64 := base64.StdEncoding.EncodeToString
	made := h.ask(t, "POST", "/uploads/", h.token, content, "Tus-Resumable", "1.0.0", "Upload-Length", strconv.Itoa(len(content)),
		"Content-Type", "application/offset+octet-stream", "Upload-Metadata", "order "+base64([]byte(orderID))+",path "+base64([]byte(name)))
	if made.StatusCode != http.StatusCreated || made.Header.Get("Upload-Offset") != strconv.Itoa(len(content)) {
		t.Fatalf("upload: %s %s", made.Status, made.body)
	}
	sum := sha256.Sum256(content)
	return api.DeliveredFile{Upload: path.Base(made.Header.Get("Location")), Path: name, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
}

func (h *house) deliver(t testing.TB, orderID string, files ...api.DeliveredFile) {
	t.Helper()
	h.ask(t, "POST", "/api/v1/orders/"+orderID+"/deliveries", h.token, api.NewDelivery{Description: "The film.", Files: files},
		"Idempotency-Key", rand.Text()).into(t, http.StatusCreated, nil)
}

// logBook keeps what was logged.
type logBook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
