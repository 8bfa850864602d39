package httpapi_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// shop is a running server with one seller, whose clock the test sets. Its end
// checks everything that it stored.
type shop struct {
	testing.TB
	*backend.Server
	dir     string
	address string
	seller  *api.Client
	clock   atomic.Int64 // nanoseconds
}

var opening = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func openShop(t testing.TB) *shop {
	t.Helper()
	s := &shop{TB: t, dir: t.TempDir()}
	s.clock.Store(opening.UnixNano())
	s.open()
	t.Cleanup(func() {
		report, err := s.Check(context.Background())
		if err != nil || len(report.Problems) > 0 {
			t.Errorf("check: %v, %v", report.Problems, err)
		}
		s.close()
	})
	if _, err := s.AddUser(t.Context(), api.NewUser{Email: "eva@example.org", Name: "Eva Editor", Password: "a long password"}); err != nil {
		t.Fatal(err)
	}
	s.seller = s.signedIn("eva@example.org")
	return s
}

func (s *shop) open() {
	s.Helper()
	server, err := backend.New(backend.Config{
		Dir: s.dir, Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler), PublicURL: "https://handover.example.org", Now: s.now,
	})
	if err != nil {
		s.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = server.Start(l)
	}
	if err != nil {
		s.Fatal(err)
	}
	s.Server, s.address = server, "http://"+l.Addr().String()
}

func (s *shop) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		s.Error(err)
	}
}

func (s *shop) now() time.Time { return time.Unix(0, s.clock.Load()).UTC() }

// wait sets the clock on. The worker looks again when something changes.
func (s *shop) wait(d time.Duration) { s.clock.Add(int64(d)) }

func (s *shop) signedIn(email string) *api.Client {
	s.Helper()
	session, err := s.client("").SignIn(s.Context(), email, "a long password")
	if err != nil {
		s.Fatal(err)
	}
	return s.client(session.Token)
}

func (s *shop) client(token string) *api.Client {
	s.Helper()
	c, err := api.NewClient(s.address, token, nil)
	if err != nil {
		s.Fatal(err)
	}
	return c
}

// sell places an order and returns its buyer as well.
func (s *shop) sell(title, price string) (api.PlacedOrder, *api.Client) {
	s.Helper()
	n := api.NewOrder{Title: title, Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: s.now().Add(120 * time.Hour)}
	if price != "" {
		n.Price = &api.Price{Amount: price, Currency: "EUR"}
	}
	o, err := s.seller.PlaceOrder(s.Context(), n)
	if err != nil {
		s.Fatal(err)
	}
	return o, s.client(path.Base(o.ReviewURL))
}

// upload sends the content as tus has it, and returns how a delivery names it.
func (s *shop) upload(id, name, content string) api.DeliveredFile {
	s.Helper()
	b64 := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	made, _ := s.ask(s.seller, "POST", "/uploads/", "", "Tus-Resumable", "1.0.0",
		"Upload-Length", strconv.Itoa(len(content)), "Upload-Metadata", "order "+b64(id)+",path "+b64(name))
	sent, text := s.ask(s.seller, "PATCH", made.Header.Get("Location"), content, "Tus-Resumable", "1.0.0",
		"Upload-Offset", "0", "Content-Type", "application/offset+octet-stream")
	if sent.StatusCode != http.StatusNoContent {
		s.Fatalf("upload: %s, %s", sent.Status, text)
	}
	sum := sha256.Sum256([]byte(content))
	return api.DeliveredFile{Upload: path.Base(made.Header.Get("Location")), Path: name, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
}

func (s *shop) deliver(id string, files ...api.DeliveredFile) api.Order {
	s.Helper()
	o, err := s.seller.Deliver(s.Context(), id, fmt.Sprint("key", s.now(), len(files)), api.NewDelivery{
		Description: "The film.", Files: files, Links: []order.Link{{URL: "https://cloud.example/film"}},
	})
	if err != nil {
		s.Fatal(err)
	}
	return o
}

// ask sends one raw request.
func (s *shop) ask(c *api.Client, method, route, body string, headers ...string) (*http.Response, string) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.address+route, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	if c != nil {
		c.Authorise(r)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatal(err)
	}
	return resp, string(raw)
}

// follow returns the events of the seller's orders from now on.
func (s *shop) follow() <-chan order.Event { return s.followFrom("") }

// followFrom returns the events after the one with the ID.
func (s *shop) followFrom(last string) <-chan order.Event {
	s.Helper()
	ctx, cancel := context.WithCancel(s.Context())
	ready, events, done := make(chan struct{}), make(chan order.Event, 100), make(chan struct{})
	seller := s.seller
	go func() {
		defer close(done)
		err := seller.Events(ctx, last, func(string) { close(ready) }, func(_ string, e order.Event) { events <- e })
		if !errors.Is(err, context.Canceled) && !errors.Is(err, api.ErrUnreachable) { // at an end of the server
			s.Errorf("the stream ended: %v", err)
		}
	}()
	s.Cleanup(func() { cancel(); <-done })
	<-ready
	return events
}

// next returns the next event of the type, "" for any.
func (s *shop) next(events <-chan order.Event, kind order.EventType) order.Event {
	s.Helper()
	for {
		select {
		case e := <-events:
			if kind == "" || e.Type == kind {
				return e
			}
		case <-time.After(10 * time.Second):
			s.Fatalf("no event %s", kind)
		}
	}
}

func (s *shop) refused(err error, status int) {
	s.Helper()
	var p *api.Problem
	if !errors.As(err, &p) || p.Status != status {
		s.Errorf("got %v, want status %d", err, status)
	}
}
