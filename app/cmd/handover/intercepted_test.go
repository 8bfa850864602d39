//go:build unix

package main_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// A proxy answers everything in the server's place for a while. The command
// says so, asks seldom, and delivers by itself once the proxy is gone.
func TestDeliverWaitsUntilTheProxyIsGone(t *testing.T) {
	t.Parallel()
	seed, _ := chanceOf(t)
	k := newKill(t, seed, 20_000_000, 1<<30)
	p := newPortal(t, k.proxy.url)
	k.run(t, "handover", "login", p.url, "--email", "eva@example.org")
	p.block(http.StatusForbidden)
	run := k.command("handover", "deliver", k.order.ID, "film.mov", "--message", "The film.")
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	<-p.reached
	time.AfterFunc(3*time.Second, func() { p.block(0) }) // the next attempt comes after six
	k.finish(t, run)
	const want = "waiting: a proxy or network login page answered in the server's place: 403 Forbidden"
	if said := run.Stderr.(*bytes.Buffer).String(); strings.Count(said, want) != 1 {
		t.Errorf("it said %q", said)
	}
	if n := p.count(); n == 0 || n > 4 {
		t.Errorf("%d requests in three seconds", n)
	}
	k.verify(t)
}

// portal is on the way to a server, and answers in its place when it is told.
type portal struct {
	url     string
	reached chan struct{}

	mu     sync.Mutex
	status int // 0 while it lets all through
	n      int // answers since block
}

func newPortal(t *testing.T, server string) *portal {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	next := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(u) }, FlushInterval: -1}
	p := &portal{reached: make(chan struct{}, 1)}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !p.answer(w) {
			next.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	p.url = s.URL
	return p
}

func (p *portal) answer(w http.ResponseWriter) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.status == 0 {
		return false
	}
	p.n++
	select {
	case p.reached <- struct{}{}:
	default:
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(p.status)
	io.WriteString(w, "<html>Welcome")
	return true
}

// block has it answer with the status from now on; 0 lets all through.
func (p *portal) block(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if status != 0 {
		p.n = 0
	}
	p.status = status
}

func (p *portal) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.n
}
