package tus

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"handover/backend/api"
)

// Config describes a Client. Only Endpoint is required; the zero value of any
// other field means its default.
type Config struct {
	// Endpoint is the absolute http or https URL at which uploads are created.
	Endpoint string
	// HTTP sends the requests, through an [api.Guard]; the default is
	// NewHTTPClient(). Its Timeout and CheckRedirect are not used: an upload may
	// take hours, and redirects are not followed.
	HTTP *http.Client
	// Authorise completes each request, for instance by an Authorization
	// header. It runs for every attempt, so a renewed token is used at once.
	// Its error ends the call.
	Authorise func(*http.Request) error
	// Delays are the waits before the first, second … attempt after a failure;
	// the last one repeats. Up to half of each is taken off at random. Default:
	// 0, 1, 3, 5, 10, 20, 30 seconds.
	Delays []time.Duration
	// MaxFailures is how many attempts may fail one after the other without
	// the server's offset getting beyond where it was. Default: 8.
	MaxFailures int
	// StallTimeout ends an attempt in which the connection took no byte, or
	// the server gave no answer, for so long. Default: 60 s.
	StallTimeout time.Duration
	// InlineSize is the size up to which a file travels in the request that
	// creates its upload (creation-with-upload), which saves a round trip.
	// Default: 1 MiB; negative: never.
	InlineSize int64
	// MaxRequest bounds the content of one request, in bytes, for servers behind
	// a proxy that refuses long ones or holds them back. The client finds a bound
	// by itself. Default: none.
	MaxRequest int64
	// Shrunk is told the bound that was found, so that the caller can store it;
	// nil for nobody.
	Shrunk func(maxRequest int64)
	// Parts is how many streams a file may travel in at once; below 2, one
	// always. Where a server can put parts together (tus 1.0, Concatenation),
	// and the way there is long or slow, the file's first part shows how fast
	// one stream is, and then the rest is split.
	Parts int
	// PartsFrom is the size from which that is considered. Default: 64 MiB.
	PartsFrom int64
	// Bundles has small files that are uploaded at the same time travel in one
	// request, as Handover's server takes them. It is no part of tus 1.0. A
	// server that refuses is not asked for long.
	Bundles bool
	// Pace holds content back, for a limit on bandwidth; nil for none.
	Pace Pace
}

// Pace is asked before content is handed to the connection: it waits until some
// of the next n bytes may go, and returns how many, 1 to n. Its error ends the
// attempt. It is called by several goroutines.
type Pace func(ctx context.Context, n int) (int, error)

// Client sends files to one tus server. It is safe for concurrent use.
type Client struct {
	endpoint *url.URL
	http     *http.Client
	cfg      Config
	requests requests
	path     path
	bundler  bundler
}

// New returns a client. It opens no connection.
func New(cfg Config) (*Client, error) {
	u, err := url.Parse(cfg.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("tus endpoint: %w", err)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return nil, fmt.Errorf("tus endpoint %q: want an absolute http or https URL", cfg.Endpoint)
	}
	if u.User != nil {
		return nil, errors.New("tus endpoint: a URL with a password in it is not accepted")
	}
	if cfg.HTTP == nil {
		cfg.HTTP = NewHTTPClient()
	}
	hc := *cfg.HTTP
	hc.Transport, hc.Timeout = api.Guarded(hc.Transport), 0
	// A redirect could lead the file and the credentials to another host, and
	// would turn POST into GET. tus 1.0 has no use for redirects.
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c := &Client{endpoint: u, http: &hc, cfg: cfg.withDefaults(), requests: requests{most: max(cfg.MaxRequest, 0)}}
	c.bundler = bundler{client: c, lanes: make(chan struct{}, bundleLanes)}
	return c, nil
}

func (cfg Config) withDefaults() Config {
	if len(cfg.Delays) == 0 {
		cfg.Delays = []time.Duration{0, 1 * time.Second, 3 * time.Second, 5 * time.Second,
			10 * time.Second, 20 * time.Second, 30 * time.Second}
	}
	if cfg.Authorise == nil {
		cfg.Authorise = func(*http.Request) error { return nil }
	}
	if cfg.MaxFailures <= 0 {
		cfg.MaxFailures = 8
	}
	if cfg.StallTimeout <= 0 {
		cfg.StallTimeout = 60 * time.Second
	}
	if cfg.InlineSize == 0 {
		cfg.InlineSize = 1 << 20
	}
	if cfg.PartsFrom <= 0 {
		cfg.PartsFrom = 64 << 20
	}
	return cfg
}

// Terminate tells the server to drop the upload at url (tus 1.0, Termination).
// An upload that is gone already is a success. ErrKept means that the server
// will not drop it. Both are believed only of an answer with the headers of tus.
// It makes one attempt.
func (c *Client) Terminate(ctx context.Context, url string) error {
	u, err := c.uploadURL(url)
	if err != nil {
		return fmt.Errorf("terminate upload: %w", err)
	}
	r, err := c.do(ctx, call{method: http.MethodDelete, url: u})
	if err != nil && r.header.Get("Tus-Resumable") != "" { // the server's own word
		switch r.status {
		case http.StatusNotFound, http.StatusGone:
			return nil
		case http.StatusForbidden, http.StatusConflict:
			return fmt.Errorf("terminate upload: %w: %w", ErrKept, err)
		}
	}
	if err != nil {
		return fmt.Errorf("terminate upload: %w", err)
	}
	return nil
}

// uploadURL reads an upload's URL as the caller stored it.
func (c *Client) uploadURL(s string) (*url.URL, error) {
	return resolveLocation(c.endpoint, s)
}
