package desk

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"handover/app/internal/backoff"
	"handover/app/internal/tus"
	"handover/backend/api"
)

// way is how all requests of a desk go to its servers.
type way struct {
	gate *backoff.Gate
	// session has the requests of the session wait while something else answers;
	// once is for what the seller asks for just now, such as a sign-in.
	session, once *api.Guard
}

func newWay(delays []time.Duration) way {
	if delays == nil {
		delays = backoff.Delays()
	}
	base, gate := newTransport(), backoff.NewGate(delays, tus.LeastRequest)
	return way{gate: gate, session: &api.Guard{Base: base, Gate: gate}, once: &api.Guard{Base: base}}
}

// newTransport is the one way to a server, through the proxies of the
// environment or the system.
func newTransport() *http.Transport {
	t := tus.NewTransport()
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
		return api.ConnectAnswer(resp)
	}
	return t
}
