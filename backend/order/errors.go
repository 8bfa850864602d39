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
	Unauthenticated Code = "unauthorised"   // nobody knows who asks: no or a wrong sign-in
	Conflict        Code = "conflict"       // not in this status
	NotFound        Code = "not_found"      // no such thing, or not the asker's
	Exists          Code = "exists"         // there is one already
	Stale           Code = "stale_version"  // changed by somebody else meanwhile
	// UploadMissing means that a delivery names a file that is not on the
	// server whole, or not with the size and SHA-256 that the seller has.
	UploadMissing Code = "upload_missing"
	// RateLimited means that this was tried too often; RetryAfter says when
	// it may be tried again.
	RateLimited Code = "rate_limited"
)

// Error is a refusal with a message that is safe to show to the asker.
type Error struct {
	Code    Code
	Field   string // the value at fault, for Invalid
	Message string
	Status  Status   // for Conflict: where the order stands
	Allowed []Action // for Conflict: what the asker may do instead
	Version int      // for Stale: the order's version now
	// RetryAfter is how long to wait, for RateLimited.
	RetryAfter time.Duration
}

func (e *Error) Error() string { return e.Message }

// Is matches errors by their code, so that errors.Is(err, &Error{Code: NotFound})
// asks what kind of refusal it is.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

func invalid(field, format string, args ...any) *Error {
	return &Error{Code: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

func (o *Order) conflict(a Action, by Party) *Error {
	e := &Error{Code: Conflict, Status: o.Status, Allowed: o.Allowed(by)}
	can := "nothing"
	if len(e.Allowed) > 0 {
		names := make([]string, len(e.Allowed))
		for i, a := range e.Allowed {
			names[i] = a.words()
		}
		can = strings.Join(names, ", ")
	}
	e.Message = fmt.Sprintf("cannot %s: the order is %s; allowed now: %s", a.words(), o.Status.words(), can)
	return e
}

func (a Action) words() string { return strings.ReplaceAll(string(a), "_", " ") }
func (s Status) words() string { return strings.ReplaceAll(string(s), "_", " ") }
