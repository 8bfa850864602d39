// Package proxy finds the proxy for a request: from the environment (HTTP_PROXY,
// HTTPS_PROXY, NO_PROXY), or else from the system. Requests to this computer go
// directly.
package proxy

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// Func returns the URL of a request's proxy, or nil, as [http.Transport.Proxy] does.
type Func func(*http.Request) (*url.URL, error)

// New returns the proxies of the environment, or else those of the system, which may change
// while the program runs.
func New() Func {
	set := httpproxy.FromEnvironment()
	if set.HTTPProxy != "" || set.HTTPSProxy != "" {
		return direct(ofConfig(func() httpproxy.Config { return *set }))
	}
	return direct(system())
}

// direct excludes requests to this computer.
func direct(next Func) Func {
	return func(r *http.Request) (*url.URL, error) {
		host := r.URL.Hostname()
		if ip := net.ParseIP(host); host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback() {
			return nil, nil
		}
		return next(r)
	}
}

// ofConfig reads the current settings for each request.
func ofConfig(current func() httpproxy.Config) Func {
	return func(r *http.Request) (*url.URL, error) {
		c := current()
		return c.ProxyFunc()(r.URL)
	}
}

const (
	// fresh is how long settings are cached.
	fresh = 30 * time.Second
	// patience is how long reading the settings may take.
	patience = 2 * time.Second
)

// cached returns a function that reads settings at most every 30 seconds. If reading fails,
// no proxy is used.
func cached(read func() (string, error), parse func(string) httpproxy.Config) func() httpproxy.Config {
	var mu sync.Mutex
	var known httpproxy.Config
	var at time.Time
	return func() httpproxy.Config {
		mu.Lock()
		defer mu.Unlock()
		if !at.IsZero() && time.Since(at) <= fresh {
			return known
		}
		text, err := read()
		at = time.Now()
		if err != nil {
			known = httpproxy.Config{}
			return known
		}
		known = parse(text)
		return known
	}
}

// output runs a program of the system.
func output(program string, args ...string) func() (string, error) {
	return func() (string, error) {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		out, err := exec.CommandContext(ctx, program, args...).Output()
		return string(out), err
	}
}
