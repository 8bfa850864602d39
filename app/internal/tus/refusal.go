package tus

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"

	"handover/backend/api"
)

// maxMessage limits a server's message, in runes.
const maxMessage = 300

// retryError marks an error after which another attempt may succeed, but not before the
// given time has passed.
type retryError struct {
	err   error
	after time.Duration
}

func (e *retryError) Error() string { return e.err.Error() }
func (e *retryError) Unwrap() error { return e.err }

// goneError marks the response for an upload that does not exist.
type goneError struct{ err error }

func (e *goneError) Error() string { return e.err.Error() }
func (e *goneError) Unwrap() error { return e.err }

func isGone(err error) bool {
	_, gone := errors.AsType[*goneError](err)
	return gone
}

// refusal turns a response other than 2xx into an error. cut says that the text ended too
// early, as when a node behind a balancer is killed.
func refusal(method string, res *http.Response, text []byte, cut bool) error {
	e := &StatusError{Status: res.StatusCode}
	e.Code, e.Message = message(res.Header.Get("Content-Type"), text)
	// At the creation URL these two statuses are about the server's address or the
	// caller's rights, not about an existing upload.
	creating := method == http.MethodPost
	switch status := e.Status; {
	case status < 400:
		e.Message = line("redirect to " + res.Header.Get("Location"))
		return e
	case (status == http.StatusNotFound || status == http.StatusGone) && !creating:
		return &goneError{err: e}
	case status == http.StatusConflict && creating,
		status == http.StatusInsufficientStorage:
		return e
	case status >= 500, status == http.StatusConflict, status == http.StatusLocked,
		status == http.StatusTooManyRequests, status == http.StatusRequestTimeout,
		status == http.StatusBadRequest && (cut || brokeOff(e.Code)):
		return &retryError{err: e, after: api.RetryAfter(res.Header, time.Now())}
	}
	return e
}

// brokeOff reports whether a code means that the request was interrupted: another request
// replaced it, or part of its body was missing. Handover's servers send tusd's codes in
// lower case and without the prefix.
func brokeOff(code string) bool {
	switch strings.ToLower(strings.TrimPrefix(code, "ERR_")) {
	case "upload_interrupted", "unexpected_eof":
		return true
	}
	return false
}

// codeLine is tusd's error format: a code, a colon, a message.
var codeLine = regexp.MustCompile(`^(ERR_[A-Z0-9_]+): ?(.*)`)

// message extracts code and message from a response: a problem by RFC 9457 with the
// extension member "code", or tusd's line of text. HTML pages, as proxies send them, are
// ignored.
func message(contentType string, text []byte) (code, words string) {
	kind, _, _ := mime.ParseMediaType(contentType)
	switch kind {
	case "application/problem+json", "application/json":
		var p struct{ Code, Title, Detail string }
		// On a decoding error the fields stay empty, which is the result.
		_ = json.Unmarshal(text, &p)
		if p.Detail == "" {
			p.Detail = p.Title
		}
		return line(p.Code), line(p.Detail)
	case "text/plain":
		s := line(string(text))
		if m := codeLine.FindStringSubmatch(s); m != nil {
			return m[1], m[2]
		}
		return "", s
	}
	return "", ""
}

// line makes text safe to show and to log: one line of limited length without control
// characters.
func line(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	r := []rune(strings.TrimSpace(s))
	if len(r) > maxMessage {
		return string(r[:maxMessage]) + "…"
	}
	return string(r)
}

// broken returns the error for a 2xx response that is incomplete or contradictory.
func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrProtocol, fmt.Sprintf(format, args...))
}
