package notify

import (
	"errors"
	"math/rand/v2"
	"time"
)

const (
	firstRetry = 5 * time.Second
	lastRetry  = time.Hour // a receiver that is back is found within it
	giveUp     = 72 * time.Hour
)

// backoff returns how long to wait after so many attempts: each wait is three
// times the one before, and differs by up to a fifth, so that what failed
// together does not come back together.
func backoff(attempts int) time.Duration {
	wait := firstRetry
	for i := 1; i < attempts && wait < lastRetry; i++ {
		wait *= 3
	}
	wait = min(wait, lastRetry)
	return wait - wait/5 + rand.N(2*wait/5)
}

// permanentError is a failure that no second attempt would mend.
type permanentError struct{ error }

func (e permanentError) Unwrap() error { return e.error }

func permanent(err error) bool {
	var p permanentError
	return errors.As(err, &p)
}

// busyError is a failure of a receiver that said when to come back.
type busyError struct {
	error
	after time.Duration
}

func (e busyError) Unwrap() error { return e.error }

// askedToWait returns how long the receiver asked to wait, within reason.
func askedToWait(err error) time.Duration {
	var b busyError
	if !errors.As(err, &b) {
		return 0
	}
	return min(b.after, lastRetry)
}

// maxReason bounds what is kept of an error.
const maxReason = 300

// reason is the error as the operator reads it: one line, not too long, and
// nothing that a hostile server could do to a terminal.
func reason(err error) string {
	return shorten(oneLine(err.Error()), maxReason)
}
