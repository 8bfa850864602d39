package notify

import (
	"errors"
	"math/rand/v2"
	"time"
)

const (
	firstRetry = 5 * time.Second
	lastRetry  = time.Hour // a working receiver gets its messages within this time
	giveUp     = 72 * time.Hour
)

// backoff returns the wait after a number of attempts: each wait is three times the
// previous one and differs by up to a fifth, so that messages that failed together
// are not retried together.
func backoff(attempts int) time.Duration {
	wait := firstRetry
	for i := 1; i < attempts && wait < lastRetry; i++ {
		wait *= 3
	}
	wait = min(wait, lastRetry)
	return wait - wait/5 + rand.N(2*wait/5)
}

// permanentError is a failure that a retry cannot fix.
type permanentError struct{ error }

func (e permanentError) Unwrap() error { return e.error }

func permanent(err error) bool {
	var p permanentError
	return errors.As(err, &p)
}

// busyError is a failure of a receiver that named a time for the retry.
type busyError struct {
	error
	after time.Duration
}

func (e busyError) Unwrap() error { return e.error }

// askedToWait returns the wait that the receiver asked for, within a limit.
func askedToWait(err error) time.Duration {
	var b busyError
	if !errors.As(err, &b) {
		return 0
	}
	return min(b.after, lastRetry)
}

// maxReason bounds the stored text of an error.
const maxReason = 300

// reason returns the error for the operator: one short line without characters that
// control a terminal, because a hostile server may have written it.
func reason(err error) string {
	return shorten(oneLine(err.Error()), maxReason)
}
