package tus

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"handover/backend/api"
)

const (
	// version is the protocol version in every request.
	version = "1.0.0"
	// maxText limits how much of a response's body is read: a message, or the results
	// of a bundle.
	maxText = 16 << 10
	// expectFrom is the size from which a request waits for 100 Continue (RFC 9110
	// section 10.1.1). Otherwise a refusal during the transfer would often be lost to
	// a connection reset. Smaller content fits into socket buffers, and a round trip
	// would cost more.
	expectFrom = 64 << 10
)

// call is one request. body may be nil.
type call struct {
	method string
	url    *url.URL
	header http.Header
	body   *body
	// patience is the time allowed for the response beyond the stall time-out.
	patience time.Duration
	measured bool // measure its speed
}

// reply is a response with a 2xx status.
type reply struct {
	status int
	header http.Header
	text   []byte // the first maxText bytes of the body
}

// do sends one request. When it returns, neither the response nor the body is in use.
// Its errors are final unless they are a retryError.
func (c *Client) do(parent context.Context, k call) (reply, error) {
	ctx, cancel := context.WithCancelCause(c.path.watch(parent, k))
	defer cancel(nil)
	begin := time.Now()
	dog := time.AfterFunc(c.cfg.StallTimeout+k.patience, func() { cancel(ErrStalled) })
	defer dog.Stop()
	req, err := c.request(ctx, k)
	if err != nil {
		return reply{}, err
	}
	content := int64(0)
	if k.body != nil {
		content = k.body.end - k.body.off
		k.body.start(ctx, dog, c.cfg)
	}
	res, err := c.http.Do(req)
	if k.body != nil {
		// A source error also breaks the request, so it takes precedence.
		if srcErr := k.body.stop(); srcErr != nil {
			err = errors.Join(srcErr, closeAnswer(res))
			return reply{}, err
		}
	}
	if err != nil {
		return reply{}, noAnswer(parent, ctx, err)
	}
	defer res.Body.Close()
	dog.Reset(c.cfg.StallTimeout)
	// The status decides even if the message is cut off, except where the code matters.
	text, err := io.ReadAll(io.LimitReader(res.Body, maxText))
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return reply{}, refusal(k.method, res, text, err != nil)
	}
	if k.measured {
		c.path.sent(content, time.Since(begin), k.body.waited)
	}
	return reply{res.StatusCode, res.Header, text}, nil
}

func (c *Client) request(ctx context.Context, k call) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, k.method, k.url.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	for name, values := range k.header {
		req.Header[name] = values
	}
	req.Header.Set("Tus-Resumable", version)
	req.Header.Set("Want-Repr-Digest", "sha-256=1") // RFC 9530 section 4
	if k.body != nil {
		// No GetBody: the transport must not repeat content, because after a failure only
		// the server knows the offset to continue from.
		req.Body, req.ContentLength = k.body, k.body.end-k.body.off
		if req.Header.Get("Content-Type") == "" {
			req.Header.Set("Content-Type", "application/offset+octet-stream")
		}
		if req.ContentLength >= expectFrom {
			req.Header.Set("Expect", "100-continue")
		}
	}
	if err := c.cfg.Authorise(req); err != nil {
		return nil, fmt.Errorf("authorise the request: %w", err)
	}
	return req, nil
}

func closeAnswer(res *http.Response) error {
	if res == nil {
		return nil
	}
	return res.Body.Close()
}

// noAnswer explains why a request got no response: the caller cancelled it, the server's
// certificate is invalid, a proxy or portal interfered, or the network failed, which
// is worth another attempt. Interference may last, so the caller must wait.
func noAnswer(parent, ctx context.Context, err error) error {
	if parent.Err() != nil {
		return stopped(parent)
	}
	if foreign := api.ForeignIn(err); foreign != nil {
		return foreign
	}
	if cause := context.Cause(ctx); errors.Is(cause, ErrStalled) {
		return &retryError{err: fmt.Errorf("%w: %w", ErrNetwork, cause)}
	}
	err = fmt.Errorf("%w: %w", ErrNetwork, err)
	if _, wrong := errors.AsType[*tls.CertificateVerificationError](err); wrong {
		return err
	}
	return &retryError{err: err}
}

// stopped returns the error of a call whose context has ended. It matches both
// ctx.Err() and the context's cause.
func stopped(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != ctx.Err() {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}
