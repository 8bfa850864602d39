package order

import (
	"fmt"
	"strings"
	"time"
)

// Code names a kind of refusal. Codes are part of the public interface and
// never change their meaning.
type Code string

// The codes of the domain and of the stores that keep it.
const (
	Invalid         Code = "invalid"        // a value is wrong; Field says which
	NoFiles         Code = "no_files"       // neither file nor link, and not confirmed
	TooLarge        Code = "file_too_large" // a file is over the limit
	Forbidden       Code = "forbidden"      // this party may never do this
	Unauthenticated Code = "unauthorised"   // no sign-in, or a wrong one
	Conflict        Code = "conflict"       // not in this status
	NotFound        Code = "not_found"      // missing, or not visible to the caller
	Exists          Code = "exists"         // the ID, address or key is taken
	Stale           Code = "stale_version"  // changed since the caller read it
	// UploadMissing means that the server does not have a complete file of a delivery
	// with the seller's size and SHA-256.
	UploadMissing Code = "upload_missing"
	// RateLimited means too many attempts; see RetryAfter.
	RateLimited Code = "rate_limited"
)

// Error is a refusal with a message that is safe to show to the caller.
type Error struct {
	Code    Code
	Field   string // the value at fault, for Invalid
	Message string
	Status  Status   // for Conflict: of the order
	Allowed []Action // for Conflict: to the caller now
	Version int      // for Stale: the order's version now
	// RetryAfter is the time to wait, for RateLimited.
	RetryAfter time.Duration
}

func (e *Error) Error() string { return e.Message }

// Is matches errors by their code, as in errors.Is(err, &Error{Code: NotFound}).
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

func invalid(field, format string, args ...any) *Error {
	return &Error{Code: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// conflict refuses an action of the party because of the order's state.
func (o *Order) conflict(by Party, format string, args ...any) *Error {
	return &Error{Code: Conflict, Status: o.Status, Allowed: o.Allowed(by), Message: fmt.Sprintf(format, args...)}
}

func inWords(actions []Action) string {
	if len(actions) == 0 {
		return "nothing"
	}
	names := make([]string, len(actions))
	for i, a := range actions {
		names[i] = a.words()
	}
	return strings.Join(names, ", ")
}

func (a Action) words() string { return strings.ReplaceAll(string(a), "_", " ") }
func (s Status) words() string { return strings.ReplaceAll(string(s), "_", " ") }
