package account

import (
	"context"
	"time"
)

// Throttle is one throttle with rules that a test chooses.
type Throttle struct{ *throttle }

// NewThrottle returns one.
func NewThrottle(free int, first, longest, forgive time.Duration, keys int) Throttle {
	return Throttle{newThrottle(limit{free, first, longest, forgive, keys})}
}

// Begin is how long to wait before the next try.
func (t Throttle) Begin(key string, now time.Time) time.Duration { return t.begin(key, now) }

// Take takes a try back.
func (t Throttle) Take(key string) { t.take(key) }

// Reset forgets the failures of the key.
func (t Throttle) Reset(key string) { t.reset(key) }

// Keys is how many keys are remembered.
func (t Throttle) Keys() int { return len(t.byKey) }

// Turn waits until the service may hash a password.
func (s *Service) Turn(ctx context.Context) (done func(), err error) { return s.take(ctx) }

// What the tests have to know.
const (
	HashesAtOnce  = hashesAtOnce
	HashWithin    = hashWithin
	UnusedSession = unusedSession
	PurgeEvery    = purgeEvery
)

// Free is how many failures cost an account nothing.
var Free = perAccount.free
