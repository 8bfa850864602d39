package backend_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// call sends JSON as the bearer and returns the answer, which must be 2xx.
func call(t *testing.T, method, url, bearer, contentType string, body []byte, header ...string) []byte {
	t.Helper()
	r, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s (%v)", method, url, resp.StatusCode, raw, err)
	}
	return raw
}

// The janitor asks the orders: a file that was uploaded stays while its order
// can be delivered, however long that is, and goes some time after.
func TestSweepAsksTheOrders(t *testing.T) {
	ctx := context.Background()
	var ahead atomic.Int64
	s, err := backend.StartLocal(backend.Config{
		Dir: t.TempDir(), Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Now().UTC().Add(time.Duration(ahead.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(ctx)
	if _, err := s.AddUser(ctx, api.NewUser{Email: "eva@example.org", Name: "Eva", Password: "correct horse battery"}); err != nil {
		t.Fatal(err)
	}
	o, err := s.AddOrder(ctx, "eva@example.org", api.NewOrder{
		Title: "Film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: time.Now().Add(72 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	var session struct {
		Token string `json:"token"`
	}
	raw := call(t, "POST", s.URL()+"/api/v1/session", "", "application/json", []byte(`{"email":"eva@example.org","password":"correct horse battery"}`))
	if err := json.Unmarshal(raw, &session); err != nil {
		t.Fatal(err)
	}
	encode := base64.StdEncoding.EncodeToString
	call(t, "POST", s.URL()+"/uploads/", session.Token, "application/offset+octet-stream", []byte("film"), "Tus-Resumable", "1.0.0",
		"Upload-Length", "4", "Upload-Metadata", "order "+encode([]byte(o.ID))+",path "+encode([]byte("film.mov")))
	sweep := func(after time.Duration, want backend.Swept) {
		t.Helper()
		ahead.Add(int64(after))
		for _, dry := range []bool{true, false} {
			if got, err := s.Sweep(ctx, dry); err != nil || got != want {
				t.Errorf("dry %v: %+v (%v), want %+v", dry, got, err, want)
			}
		}
	}
	call(t, "POST", s.URL()+"/api/v1/orders/"+o.ID+"/cancellation", session.Token, "application/json", []byte(`{"message":"sorry"}`))
	sweep(0, backend.Swept{})
	buyer := path.Base(strings.TrimSuffix(o.ReviewURL, "/"))
	call(t, "POST", s.URL()+"/api/v1/orders/"+o.ID+"/cancellation/agree", buyer, "application/json", []byte(`{}`))
	sweep(6*24*time.Hour, backend.Swept{})
	sweep(2*24*time.Hour, backend.Swept{Undelivered: 1, Bytes: 4})
}
