package session

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"handover/app/internal/backoff"
	"handover/app/internal/problem"
	"handover/app/internal/proxy"
	"handover/app/internal/tus"
	"handover/backend/api"
)

// routes are the transports to the server.
type routes struct {
	gate *backoff.Gate
	// Requests through session wait while a proxy answers for the server. Those
	// through once, such as a sign-in, fail at once.
	session, once *api.Guard
}

func newRoutes(delays []time.Duration) routes {
	if delays == nil {
		delays = backoff.Delays()
	}
	base, gate := newTransport(), backoff.NewGate(delays, tus.LeastRequest)
	return routes{gate: gate, session: &api.Guard{Base: base, Gate: gate}, once: &api.Guard{Base: base}}
}

// newTransport returns a transport that uses the proxies of the environment or the
// system.
func newTransport() *http.Transport {
	t := tus.NewTransport()
	t.Proxy = proxy.New()
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
		return api.ConnectAnswer(resp)
	}
	return t
}

// ServerKey asks a server for the key with which it signs receipts. It needs no
// sign-in. It refuses an unencrypted connection with problem.CodeInsecure: a key
// that others can replace proves nothing.
func ServerKey(ctx context.Context, server string) (api.ServerKey, error) {
	server = withScheme(server)
	transport := newTransport()
	defer transport.CloseIdleConnections()
	client, err := api.NewClient(server, "", transport)
	if err != nil {
		return api.ServerKey{}, err
	}
	if exposed(server) {
		return api.ServerKey{}, &problem.Error{Code: problem.CodeInsecure, Message: "the connection to " + server + " is not encrypted: others could put another key in its place"}
	}
	return client.ServerKey(ctx)
}
