package tus

import (
	"errors"
	"fmt"
	"net/http"

	"handover/app/internal/content"
)

// Errors that Upload and Terminate return, always wrapped: ask with errors.Is.
var (
	// ErrSource: the file cannot be opened or read. The cause is wrapped too,
	// so that fs.ErrNotExist and fs.ErrPermission can be told apart.
	ErrSource = content.ErrUnreadable
	// ErrSourceChanged: something about the file is not, or no longer, as the
	// caller identified it. Identify it again. The URL stays good if the
	// Checkpoint still Matches the file; else begin again without it.
	ErrSourceChanged = content.ErrChanged
	// ErrNetwork: the server cannot be reached, or not for long enough to make
	// progress. The upload's URL stays good.
	ErrNetwork = errors.New("no working connection to the server")
	// ErrStalled comes with ErrNetwork when the connection was open and
	// nothing moved for the stall time-out.
	ErrStalled = errors.New("nothing moved for too long")
	// ErrUnauthorised: status 401 or 403 of the server. Sign in again; the URL stays good.
	ErrUnauthorised = errors.New("the server does not accept this sign-in")
	// ErrTooLarge: status 413 of the server. The StatusError has the server's words.
	ErrTooLarge = errors.New("the file is larger than the server takes")
	// ErrGone: the server forgot the upload twice during one call.
	ErrGone = errors.New("the server no longer has the upload")
	// ErrKept: the server does not drop the upload, because a delivery has it.
	ErrKept = errors.New("the server keeps the upload")
	// ErrForeignLocation: the server named an upload URL at another origin, or
	// the caller did. Nothing was sent there.
	ErrForeignLocation = errors.New("the upload's address is at another origin")
	// ErrProtocol: the answer breaks tus 1.0.
	ErrProtocol = errors.New("the answer is not that of a tus 1.0 server")
)

// StatusError is an answer of the server that refuses a request. It matches ErrUnauthorised
// (401, 403) and ErrTooLarge (413).
type StatusError struct {
	Status  int    // HTTP status code
	Code    string // the server's code, such as ERR_UPLOAD_LOCKED; may be ""
	Message string // one line in the server's words; may be ""
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

// Is reports whether the status means target.
func (e *StatusError) Is(target error) bool {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return target == ErrUnauthorised
	case http.StatusRequestEntityTooLarge:
		return target == ErrTooLarge
	}
	return false
}
