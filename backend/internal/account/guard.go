package account

import (
	"strings"
	"time"

	"handover/backend/order"
)

// guard limits guesses of passwords, by account and by client address.
type guard struct{ accounts, addresses *throttle }

func newGuard() guard { return guard{newThrottle(perAccount), newThrottle(perAddress)} }

// attempt is one try of a password. It counts as failed until undo or succeed is
// called.
type attempt struct {
	guard
	account, address string
}

// begin begins a try for the account with the e-mail address. It treats unknown
// addresses alike, so that clients cannot find out which accounts exist. Its error
// has the code RateLimited.
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

// undo cancels the attempt: the password was not tried.
func (a attempt) undo() {
	a.addresses.take(a.address)
	a.accounts.take(a.account)
}

// succeed forgets the failures of the account. Those of the address stay, because
// otherwise a seller could guess the passwords of all other accounts.
func (a attempt) succeed() {
	a.addresses.take(a.address)
	a.accounts.reset(a.account)
}

func tooMany(wait time.Duration) error {
	return &order.Error{Code: order.RateLimited, RetryAfter: wait, Message: "too many attempts; wait a moment, then try again"}
}
