package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// VersionHeader is on every answer of a server, with its version. Old servers do not
// send it.
const VersionHeader = "Handover-Version"

// Foreign is the error for an answer that is not the server's: something between,
// such as a proxy or the login page of a network, answered instead. It says nothing
// about the request, the sign-in or an upload. It matches ErrUnreachable.
type Foreign struct {
	Status   int
	Location *url.URL // of a redirect, else nil
	// Wait is how long the client should wait, from the answer or a Gate.
	Wait time.Duration
	// Held is set when a Gate did not send the request, because of an earlier
	// answer with the Status.
	Held bool
}

func (f *Foreign) Error() string {
	return "a proxy or network login page answered in the server's place: " + f.Answer()
}

// Answer is the status in words, such as "403 Forbidden".
func (f *Foreign) Answer() string {
	text := strings.TrimSpace(strconv.Itoa(f.Status) + " " + http.StatusText(f.Status))
	if f.Location != nil && f.Location.Host != "" {
		text += " to " + f.Location.Scheme + "://" + f.Location.Host
	}
	return text
}

// Is reports whether target is ErrUnreachable.
func (f *Foreign) Is(target error) bool { return target == ErrUnreachable }

// ForeignIn returns the [*Foreign] that err wraps, or nil.
func ForeignIn(err error) *Foreign {
	f, _ := errors.AsType[*Foreign](err)
	return f
}

// Gate delays requests while foreign answers come. It is safe for concurrent use.
type Gate interface {
	// Enter returns a *Foreign for a request that must not be sent yet.
	Enter(r *http.Request) error
	// Left reports the result of a request that entered at began. It may
	// lengthen the Wait of a *Foreign.
	Left(r *http.Request, began time.Time, err error)
}

// Guard is a transport that returns only the server's own answers. Other answers
// become a [*Foreign] error. All clients of a server share a Guard.
type Guard struct {
	Base http.RoundTripper // nil for http.DefaultTransport
	Gate Gate              // nil for none
}

// Guarded returns the transport behind a Guard, or the transport itself if it is a
// Guard.
func Guarded(transport http.RoundTripper) http.RoundTripper {
	if _, ok := transport.(*Guard); ok {
		return transport
	}
	return &Guard{Base: transport}
}

// RoundTrip implements [http.RoundTripper].
func (g *Guard) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	if g.Gate != nil {
		if err := g.Gate.Enter(r); err != nil {
			if r.Body != nil {
				r.Body.Close()
			}
			return nil, err
		}
	}
	resp, err := g.ownAnswer(r)
	if g.Gate != nil {
		g.Gate.Left(r, began, err)
	}
	return resp, err
}

// ownAnswer returns the server's own answer, or a [*Foreign] for another.
func (g *Guard) ownAnswer(r *http.Request) (*http.Response, error) {
	resp, err := g.base().RoundTrip(r)
	if err != nil || speaks(r, resp) {
		return resp, err
	}
	// Reading the answer makes the connection reusable.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxForeign))
	resp.Body.Close()
	return nil, foreign(resp)
}

// CloseIdleConnections closes idle connections of the base transport.
func (g *Guard) CloseIdleConnections() {
	if c, ok := g.base().(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

func (g *Guard) base() http.RoundTripper {
	if g.Base == nil {
		return http.DefaultTransport
	}
	return g.Base
}

const (
	maxForeign    = 64 << 10        // bytes to read of a foreign answer
	maxProblem    = 1 << 20         // bytes of a problem
	maxRetryAfter = 5 * time.Minute // the longest wait to accept from an answer
)

// tusVersion is the protocol version that the answers to uploads name.
const tusVersion = "1.0.0"

// speaks reports whether the answer is the server's.
func speaks(r *http.Request, resp *http.Response) bool {
	h, status := resp.Header, resp.StatusCode
	switch {
	case status < 200:
		return false
	case h.Get("Tus-Resumable") == tusVersion, h.Get(VersionHeader) != "":
		return true
	case status >= 400:
		return isProblem(resp)
	case status >= 300:
		return false
	case r.Header.Get("Tus-Resumable") != "":
		return h.Get("Upload-Offset") != ""
	case status == http.StatusNoContent:
		return r.Method != http.MethodGet && r.Method != http.MethodPost // of a server without the header
	}
	return promised(r.Header.Get("Accept"), h.Get("Content-Type"))
}

// promised reports whether Accept has the answer's type. No request accepts a page.
func promised(accept, contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	if accept == "" || accept == "*/*" {
		return kind != "text/html"
	}
	return kind == accept
}

// isProblem reports whether the answer is a problem with a code. The body can still
// be read afterwards.
func isProblem(resp *http.Response) bool {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "application/problem+json" {
		return false
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(raw), resp.Body), resp.Body}
	var p Problem
	return err == nil && json.Unmarshal(raw, &p) == nil && p.Code != ""
}

func foreign(resp *http.Response) *Foreign {
	f := &Foreign{Status: resp.StatusCode, Wait: RetryAfter(resp.Header, time.Now())}
	if to, err := resp.Location(); err == nil && resp.StatusCode >= 300 && resp.StatusCode < 400 {
		f.Location = to
	}
	return f
}

// RetryAfter reads the field of that name (RFC 9110 section 10.2.3), seconds or
// a date. A date is compared with the server's own clock if the answer shows it.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	return min(max(retryAfter(h, now), 0), maxRetryAfter)
}

func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if secs, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(secs) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return at.Sub(now)
	}
	return at.Sub(date)
}

// ConnectAnswer is for [http.Transport.OnProxyConnectResponse]: a proxy that
// refuses to connect has answered in the server's place.
func ConnectAnswer(resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return fmt.Errorf("connect through the proxy: %w", foreign(resp))
}
