package account

import (
	"strings"
	"time"

	"handover/backend/order"
)

// guard slows guessing down, by the account that is tried and by the address
// that tries.
type guard struct{ accounts, addresses *throttle }

func newGuard() guard { return guard{newThrottle(perAccount), newThrottle(perAddress)} }

// attempt is one try of a password. It counts as failed until it is told
// otherwise.
type attempt struct {
	guard
	account, address string
}

// begin begins to try a password for the account with the e-mail address, or
// for none: that it does not exist must not show. Its error has the code
// RateLimited.
func (g guard) begin(email, client string, now time.Time) (attempt, error) {
	a := attempt{guard: g, account: accountKey(email), address: client}
	if client != "" {
		if wait := g.addresses.begin(client, now); wait > 0 {
			return attempt{}, tooMany(wait)
		}
	}
	if wait := g.accounts.begin(a.account, now); wait > 0 {
		g.addresses.take(client)
		return attempt{}, tooMany(wait)
	}
	return a, nil
}

// accountKey is the same however an address is written.
func accountKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// undo says that the password was not tried after all.
func (a attempt) undo() {
	a.addresses.take(a.address)
	a.accounts.take(a.account)
}

// succeed forgets the failures of the account. Those of the address stay, or
// whoever has an account could guess at all others.
func (a attempt) succeed() {
	a.addresses.take(a.address)
	a.accounts.reset(a.account)
}

func tooMany(wait time.Duration) error {
	return &order.Error{Code: order.RateLimited, RetryAfter: wait, Message: "too many attempts; wait a moment, then try again"}
}
