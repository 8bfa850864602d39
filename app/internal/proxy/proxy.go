// Package proxy finds the proxy that a request goes through: that of the
// environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY), or else the system's.
// Requests to this computer go directly.
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

// Func returns the proxy's URL for a request, nil for none, as
// [http.Transport.Proxy] wants it.
type Func func(*http.Request) (*url.URL, error)

// New returns the proxies of the environment when it names any, and otherwise
// those of the system, which may change while the program runs.
func New() Func {
	set := httpproxy.FromEnvironment()
	if set.HTTPProxy != "" || set.HTTPSProxy != "" {
		return direct(ofConfig(func() httpproxy.Config { return *set }))
	}
	return direct(system())
}

// direct keeps requests to this computer from any proxy.
func direct(next Func) Func {
	return func(r *http.Request) (*url.URL, error) {
		host := r.URL.Hostname()
		if ip := net.ParseIP(host); host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback() {
			return nil, nil
		}
		return next(r)
	}
}

// ofConfig asks the current settings.
func ofConfig(current func() httpproxy.Config) Func {
	return func(r *http.Request) (*url.URL, error) {
		c := current()
		return c.ProxyFunc()(r.URL)
	}
}

const (
	// fresh is for how long settings hold until they are read again.
	fresh = 30 * time.Second
	// patience is how long the system may take to say them.
	patience = 2 * time.Second
)

// cached returns a function that reads settings at most every 30 seconds. When
// they cannot be read, there is no proxy.
func cached(read func() (string, error), parse func(string) httpproxy.Config) func() httpproxy.Config {
	var mu sync.Mutex
	var known httpproxy.Config
	var at time.Time
	return func() httpproxy.Config {
		mu.Lock()
		defer mu.Unlock()
		if at.IsZero() || time.Since(at) > fresh {
			text, err := read()
			if known = (httpproxy.Config{}); err == nil {
				known = parse(text)
			}
			at = time.Now()
		}
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
