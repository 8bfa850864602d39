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

// maxMessage is how many runes of a server's message are kept.
const maxMessage = 300

// retryError marks an error after which another attempt may succeed, not
// before the given time has passed.
type retryError struct {
	err   error
	after time.Duration
}

func (e *retryError) Error() string { return e.err.Error() }
func (e *retryError) Unwrap() error { return e.err }

// goneError marks the answer that an upload does not exist (any more).
type goneError struct{ err error }

func (e *goneError) Error() string { return e.err.Error() }
func (e *goneError) Unwrap() error { return e.err }

func isGone(err error) bool {
	_, gone := errors.AsType[*goneError](err)
	return gone
}

// refusal turns an answer that is not 2xx into an error and says what it means
// for the upload.
func refusal(method string, res *http.Response, text []byte) error {
	e := &StatusError{Status: res.StatusCode}
	e.Code, e.Message = message(res.Header.Get("Content-Type"), text)
	// At the creation URL these two speak of the server's address or of the
	// caller's business, not of an upload that exists or moved on.
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
		status == http.StatusBadRequest && brokeOff(e.Code):
		return &retryError{err: e, after: api.RetryAfter(res.Header, time.Now())}
	}
	return e
}

// brokeOff reports whether a code says that the request did not get to its end:
// another one took its place, or a part of its body never came. Handover's
// servers write tusd's codes in small letters, without the prefix.
func brokeOff(code string) bool {
	switch strings.ToLower(strings.TrimPrefix(code, "ERR_")) {
	case "upload_interrupted", "unexpected_eof":
		return true
	}
	return false
}

// codeLine is how tusd writes errors: a code, a colon, words.
var codeLine = regexp.MustCompile(`^(ERR_[A-Z0-9_]+): ?(.*)`)

// message finds code and words in an answer: a problem by RFC 9457 with the
// extension member "code", or tusd's line of text. Pages for browsers, as
// proxies send them, say nothing that is fit to show.
func message(contentType string, text []byte) (code, words string) {
	kind, _, _ := mime.ParseMediaType(contentType)
	switch kind {
	case "application/problem+json", "application/json":
		var p struct{ Code, Title, Detail string }
		// What cannot be decoded leaves the fields empty, which is the answer.
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

// line makes text safe to show and to log: one line, bounded, no controls.
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

// broken says that a 2xx answer lacks or contradicts something.
func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrProtocol, fmt.Sprintf(format, args...))
}
