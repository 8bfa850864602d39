package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"handover/backend/api"
)

// answering is a server that gives every request the same answer.
func answering(t *testing.T, status int, body string, header ...string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s
}

func newClient(t *testing.T, address string) *api.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := api.NewClient(address, "secret", transport)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	page    = "<!DOCTYPE html><title>Welcome</title>"
	html    = "text/html; charset=utf-8"
	problem = "application/problem+json"
)

// Whatever a page's status says, it does not say it for the server.
func TestEveryForeignStatusIsToldApart(t *testing.T) {
	calls := map[string]func(context.Context, *api.Client) error{
		"sign in": func(ctx context.Context, c *api.Client) error {
			_, err := c.SignIn(ctx, "a@example.org", "x")
			return err
		},
		"order": func(ctx context.Context, c *api.Client) error { _, err := c.Order(ctx, "1"); return err },
		"deliver": func(ctx context.Context, c *api.Client) error {
			_, err := c.Deliver(ctx, "1", "k", api.NewDelivery{})
			return err
		},
		"events":   func(ctx context.Context, c *api.Client) error { return c.Events(ctx, "", nil, nil) },
		"download": func(ctx context.Context, c *api.Client) error { return c.Download(ctx, "1", 1, "f", io.Discard) },
		"sign out": func(ctx context.Context, c *api.Client) error { return c.SignOut(ctx) },
	}
	for status := 200; status < 600; status++ {
		if status == http.StatusNoContent || status == http.StatusResetContent || status == http.StatusNotModified {
			continue // they carry no page
		}
		s := answering(t, status, page, "Content-Type", html, "Location", "/welcome")
		c := newClient(t, s.URL)
		for name, call := range calls {
			err := call(t.Context(), c)
			f := api.ForeignIn(err)
			if f == nil || f.Status != status || !errors.Is(err, api.ErrUnreachable) {
				t.Errorf("%d to %s: %v", status, name, err)
			}
			if p, ok := errors.AsType[*api.Problem](err); ok {
				t.Errorf("%d to %s is taken for the server's refusal %+v", status, name, p)
			}
		}
	}
}

func TestWhoAnswered(t *testing.T) {
	const refusal = `{"title":"Forbidden","status":403,"code":"forbidden","detail":"no"}`
	for _, tc := range []struct {
		name   string
		status int
		body   string
		header []string
		own    bool
	}{
		{"a problem", 403, refusal, []string{"Content-Type", problem}, true},
		{"a problem without a code", 403, `{"title":"Forbidden"}`, []string{"Content-Type", problem}, false},
		{"a problem that is cut off", 403, refusal[:20], []string{"Content-Type", problem}, false},
		{"a gateway's JSON with a code", 403, `{"code":"AccessDenied"}`, []string{"Content-Type", "application/json"}, false},
		{"an order", 200, "{}", []string{"Content-Type", "application/json"}, true},
		{"an order of a newer server", 200, "{}", []string{"Content-Type", "application/json", "Handover-Version", "9"}, true},
		{"nothing at all", 204, "", nil, false},
		{"text", 200, "ok", []string{"Content-Type", "text/plain"}, false},
		{"no type", 200, "", []string{"Content-Type", ""}, false},
		{"a redirect", 302, "", []string{"Location", "https://login.example/"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := newClient(t, answering(t, tc.status, tc.body, tc.header...).URL).Order(t.Context(), "1")
			if own := api.ForeignIn(err) == nil; own != tc.own {
				t.Errorf("own %v: %v", own, err)
			}
		})
	}
	t.Run("a 204 at sign-in", func(t *testing.T) {
		_, err := newClient(t, answering(t, 204, "").URL).SignIn(t.Context(), "a@example.org", "x")
		if f := api.ForeignIn(err); f == nil || f.Status != 204 {
			t.Error(err)
		}
	})
	t.Run("what was seen", func(t *testing.T) {
		_, err := newClient(t, answering(t, 307, "", "Location", "https://user:pw@login.example/?token=x", "Retry-After", "70").URL).Order(t.Context(), "1")
		f := api.ForeignIn(err)
		if f == nil || f.Wait != 70*time.Second || f.Answer() != "307 Temporary Redirect to https://login.example" {
			t.Errorf("%+v", f)
		}
	})
}

// The token and the password go to the server that the seller named, and nowhere
// else; a file's redirect to the storage is followed without them.
func TestRedirectsGetNoCredentials(t *testing.T) {
	var seen []string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen = append(seen, fmt.Sprintf("%s %q %q", r.Method, r.Header.Get("Authorization"), body))
		w.Header().Set("Content-Type", "application/octet-stream")
		io.WriteString(w, "content")
	}))
	t.Cleanup(other.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, own := range []string{"", "0.1.0"} {
			c := newClient(t, answering(t, status, "", "Location", other.URL, api.VersionHeader, own).URL)
			if _, err := c.SignIn(t.Context(), "a@example.org", "secret"); !errors.Is(err, api.ErrUnreachable) {
				t.Errorf("%d %q: %v", status, own, err)
			}
			if _, err := c.Order(t.Context(), "1"); !errors.Is(err, api.ErrUnreachable) {
				t.Errorf("%d %q: %v", status, own, err)
			}
		}
	}
	if len(seen) > 0 {
		t.Errorf("the other origin was asked: %q", seen)
	}
	var got strings.Builder
	c := newClient(t, answering(t, 307, "", "Location", other.URL, api.VersionHeader, "0.1.0").URL)
	if err := c.Download(t.Context(), "1", 1, "f", &got); err != nil || got.String() != "content" {
		t.Errorf("%q, %v", got.String(), err)
	}
	if len(seen) != 1 || seen[0] != `GET "" ""` {
		t.Errorf("the storage was asked: %q", seen)
	}
}

func TestProxyThatRefusesToConnect(t *testing.T) {
	proxy := answering(t, 407, page, "Content-Type", html)
	address, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{
		Proxy: http.ProxyURL(address),
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
			return api.ConnectAnswer(resp)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := api.NewClient("https://handover.example", "", transport)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Server(t.Context())
	if f := api.ForeignIn(err); f == nil || f.Status != 407 || !errors.Is(err, api.ErrUnreachable) {
		t.Error(err)
	}
}
