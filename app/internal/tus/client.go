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

// Config describes a Client. Only Endpoint is required; other fields have defaults
// for their zero values.
type Config struct {
	// Endpoint is the absolute http or https URL at which uploads are created.
	Endpoint string
	// HTTP sends the requests, through an [api.Guard]. The default is
	// NewHTTPClient(). Its Timeout and CheckRedirect are ignored: an upload may take
	// hours, and redirects are not followed.
	HTTP *http.Client
	// Authorise completes each request, for instance with an Authorization header.
	// It runs for every attempt, so a renewed token is used at once. Its error ends
	// the call.
	Authorise func(*http.Request) error
	// Delays are the waits before the first, second … attempt after a failure; the
	// last one repeats. Each is shortened at random by up to half. Default: 0, 1, 3,
	// 5, 10, 20, 30 seconds.
	Delays []time.Duration
	// MaxFailures is how many attempts in a row may fail without advancing the
	// server's offset. Default: 8.
	MaxFailures int
	// StallTimeout ends an attempt when the connection takes no byte, or the server
	// sends no response, for this long. Default: 60 s.
	StallTimeout time.Duration
	// InlineSize is the largest size of a file that is sent with the request that
	// creates its upload (creation-with-upload), which saves a round trip. Default:
	// 1 MiB; negative: never.
	InlineSize int64
	// MaxRequest limits the content of one request, in bytes, for proxies that refuse
	// or buffer long requests. The client also detects a limit. Default: none.
	MaxRequest int64
	// Shrunk is called with a detected limit, so that the caller can store it; may be
	// nil.
	Shrunk func(maxRequest int64)
	// Parts is the largest number of parallel streams for a file; below 2 means one.
	// If the server supports concatenation (tus 1.0) and the path to it is long or
	// slow, the first part measures the speed of one stream before the rest is split.
	Parts int
	// PartsFrom is the smallest size of a file that may be split. Default: 64 MiB.
	PartsFrom int64
	// Bundles sends small files that are uploaded at the same time in one request,
	// which is an extension of Handover's server. The client soon stops trying if
	// the server refuses.
	Bundles bool
	// Pace delays content to limit bandwidth; nil for no limit.
	Pace Pace
}

// Pace is called before content is sent: it waits until some of the next n bytes may be
// sent, and returns how many, 1 to n. Its error ends the attempt. It must be safe for
// concurrent use.
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
	// A redirect could send the file and the credentials to another host, and would
	// turn POST into GET. tus 1.0 does not need redirects.
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

// Terminate asks the server to delete the upload at url (tus 1.0, Termination), in one
// attempt. It succeeds if the upload does not exist. ErrKept means that the server
// keeps the upload.
func (c *Client) Terminate(ctx context.Context, url string) error {
	u, err := c.uploadURL(url)
	if err != nil {
		return fmt.Errorf("terminate upload: %w", err)
	}
	_, err = c.do(ctx, call{method: http.MethodDelete, url: u})
	refused, ok := errors.AsType[*StatusError](err)
	switch {
	case err == nil || isGone(err):
		return nil
	case ok && (refused.Status == http.StatusForbidden || refused.Status == http.StatusConflict):
		return fmt.Errorf("terminate upload: %w: %w", ErrKept, err)
	default:
		return fmt.Errorf("terminate upload: %w", err)
	}
}

// uploadURL parses an upload's URL as stored by the caller.
func (c *Client) uploadURL(s string) (*url.URL, error) {
	return resolveLocation(c.endpoint, s)
}
