package account

import (
	"context"
	"fmt"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"handover/backend/order"
)

// MinPassword is how many characters a password has at least.
const MinPassword = 8

const maxPassword = 1024 // bytes

// cost is OWASP's second choice for Argon2id: 19 MiB for each sign-in, because
// several happen at once on a server with little memory.
var cost = argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashing returns the cost of a new password. Tests use a low cost, because they
// start hundreds of servers.
func hashing() *argon2id.Params {
	c := cost
	if testing.Testing() {
		c.Memory, c.Iterations = 64, 1
	}
	return &c
}

const (
	// hashesAtOnce bounds the memory of hashing.
	hashesAtOnce = 4
	// hashWithin is how long a request waits for its turn.
	hashWithin = 5 * time.Second
)

// hasher hashes passwords with argon2id, few at once.
type hasher struct{ turns chan struct{} }

func newHasher() hasher { return hasher{make(chan struct{}, hashesAtOnce)} }

// take waits for a turn, which the caller returns by calling done. The error has the
// code RateLimited when too many requests wait.
func (h hasher) take(ctx context.Context) (done func(), err error) {
	patience := time.NewTimer(hashWithin)
	defer patience.Stop()
	select {
	case h.turns <- struct{}{}:
		return func() { <-h.turns }, nil
	case <-patience.C:
		return nil, &order.Error{Code: order.RateLimited, RetryAfter: hashWithin, Message: "too many sign in at this moment; try again soon"}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hash returns the hash of a password for the store.
func (h hasher) hash(ctx context.Context, password string) (string, error) {
	done, err := h.take(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	hash, err := argon2id.CreateHash(password, hashing())
	if err != nil {
		return "", fmt.Errorf("hash the password: %w", err)
	}
	return hash, nil
}

// matches reports whether the password has the hash.
func (h hasher) matches(ctx context.Context, password, hash string) (bool, error) {
	done, err := h.take(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("check the password: %w", err)
	}
	return match, nil
}

// checkPassword returns the reason why a new password is refused.
func checkPassword(field, password string) error {
	if utf8.RuneCountInString(password) < MinPassword || len(password) > maxPassword {
		return &order.Error{Code: order.Invalid, Field: field, Message: fmt.Sprintf("a password has at least %d characters, and at most %d bytes", MinPassword, maxPassword)}
	}
	return nil
}
