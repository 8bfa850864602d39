package httpapi_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/order"
)

// office is a running server with two sellers; its end checks everything
// that it stored.
type office struct {
	*backend.Server
	eva, otto *api.Client
}

func openOffice(t testing.TB) *office {
	t.Helper()
	server, err := backend.StartLocal(backend.Config{Dir: t.TempDir(), Policy: order.DefaultPolicy(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		report, err := server.Check(context.Background())
		if err != nil || len(report.Problems) > 0 {
			t.Errorf("check: %v, %v", report.Problems, err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := server.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	o := &office{Server: server}
	o.eva, o.otto = o.hire(t, "eva@example.org"), o.hire(t, "otto@example.org")
	return o
}

// hire makes a seller's account and signs in.
func (f *office) hire(t testing.TB, email string) *api.Client {
	t.Helper()
	u := api.NewUser{Email: email, Name: "Seller", Password: "a long password"}
	if _, err := f.AddUser(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	anyone := f.with(t, "")
	session, err := anyone.SignIn(t.Context(), u.Email, u.Password)
	if err != nil {
		t.Fatal(err)
	}
	return f.with(t, session.Token)
}

func (f *office) with(t testing.TB, token string) *api.Client {
	t.Helper()
	c, err := api.NewClient(f.URL(), token, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// opening returns the client of whoever has the review link.
func (f *office) opening(t testing.TB, link string) *api.Client {
	t.Helper()
	return f.with(t, path.Base(link))
}

func film() api.NewOrder {
	return api.NewOrder{
		Title: "Wedding film", Buyer: order.Contact{Name: "Bea", Email: "bea@example.org"}, DueAt: time.Now().UTC().Add(120 * time.Hour),
	}
}

// place places an order of Eva's and returns it with its buyer.
func (f *office) place(t testing.TB) (api.PlacedOrder, *api.Client) {
	t.Helper()
	o, err := f.eva.PlaceOrder(t.Context(), film())
	if err != nil {
		t.Fatal(err)
	}
	return o, f.opening(t, o.ReviewURL)
}

// deliver delivers a link.
func (f *office) deliver(t testing.TB, id string) api.Order {
	t.Helper()
	o, err := f.eva.Deliver(t.Context(), id, "key-"+id, api.NewDelivery{
		Description: "The film.", Links: []order.Link{{URL: "https://cloud.example/film"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// exchange is one raw request and its answer.
func (f *office) exchange(t testing.TB, c *api.Client, method, route, body string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, f.URL()+route, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if c != nil {
		c.Authorise(r)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	noRedirects := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := noRedirects.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(raw)
}

// want fails unless the error is a problem with the status and code.
func want(t testing.TB, err error, status int, code order.Code) *api.Problem {
	t.Helper()
	var p *api.Problem
	if !errors.As(err, &p) || p.Status != status || p.Code != string(code) {
		t.Fatalf("got %v (%+v), want status %d with the code %s", err, p, status, code)
	}
	return p
}
