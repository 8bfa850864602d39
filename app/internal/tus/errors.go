package tus

import (
	"errors"
	"fmt"
	"net/http"

	"handover/app/internal/content"
)

// Errors that Upload and Terminate return, always wrapped; compare with errors.Is.
var (
	// ErrSource: the file cannot be opened or read. The cause is wrapped too, such as
	// fs.ErrNotExist or fs.ErrPermission.
	ErrSource = content.ErrUnreadable
	// ErrSourceChanged: the file differs from its Identity. Identify it again. The URL
	// stays valid if the Checkpoint still Matches the file; otherwise start without
	// the URL.
	ErrSourceChanged = content.ErrChanged
	// ErrNetwork: the server cannot be reached, or connections break before they make
	// progress. The upload's URL stays valid.
	ErrNetwork = errors.New("no working connection to the server")
	// ErrStalled comes with ErrNetwork when an open connection made no progress for the
	// stall time-out.
	ErrStalled = errors.New("no data was transferred for too long")
	// ErrUnauthorised: the server returned 401 or 403. Sign in again; the URL stays valid.
	ErrUnauthorised = errors.New("the server does not accept this sign-in")
	// ErrTooLarge: the server returned 413. The StatusError has the server's message.
	ErrTooLarge = errors.New("the file is larger than the server accepts")
	// ErrGone: the server lost the upload twice during one call.
	ErrGone = errors.New("the server no longer has the upload")
	// ErrKept: the server keeps the upload, because a delivery contains it.
	ErrKept = errors.New("the server keeps the upload")
	// ErrForeignLocation: the server or the caller gave an upload URL at another origin.
	// Nothing was sent to it.
	ErrForeignLocation = errors.New("the upload's address is at another origin")
	// ErrProtocol: the response violates tus 1.0.
	ErrProtocol = errors.New("the response is not from a tus 1.0 server")
)

// StatusError is a response that refuses a request. It matches ErrUnauthorised (401, 403)
// and ErrTooLarge (413).
type StatusError struct {
	Status  int    // HTTP status code
	Code    string // the server's code, such as ERR_UPLOAD_LOCKED; may be ""
	Message string // one line from the server; may be ""
}

func (e *StatusError) Error() string {
	msg := e.Message
	if msg == "" {
		msg = http.StatusText(e.Status)
	}
	if e.Code != "" {
		return fmt.Sprintf("server answered %d (%s): %s", e.Status, e.Code, msg)
	}
	return fmt.Sprintf("server answered %d: %s", e.Status, msg)
}

// Is reports whether the status corresponds to target.
func (e *StatusError) Is(target error) bool {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return target == ErrUnauthorised
	case http.StatusRequestEntityTooLarge:
		return target == ErrTooLarge
	}
	return false
}
