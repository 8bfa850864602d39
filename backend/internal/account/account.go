// Package account knows who may sign in and who is signed in.
package account

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"handover/backend/internal/store"
	"handover/backend/internal/token"
	"handover/backend/order"
)

// MinPassword is how many characters a password has at least.
const MinPassword = 8

// unusedSession is how long a session lasts when nobody uses it.
const unusedSession = 90 * 24 * time.Hour

// hashing is OWASP's second choice for Argon2id: 19 MiB for each sign-in, since
// several happen at once on a server that has to stay small.
var hashing = &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// touchEvery bounds how often the use of a session is written down.
const touchEvery = time.Hour

var (
	errSignIn  = &order.Error{Code: order.Unknown, Message: "the e-mail address or the password is wrong"}
	errSession = &order.Error{Code: order.Unknown, Message: "the sign-in has ended; sign in again"}
)

// Service signs sellers in.
type Service struct {
	store store.Accounts
	now   func() time.Time
	// absent is the hash that a sign-in with an unknown address is compared
	// with, so that it takes as long as one with a wrong password.
	absent string
}

// New returns the service on the accounts of a store.
func New(s store.Accounts, now func() time.Time) (*Service, error) {
	absent, err := argon2id.CreateHash("nobody's password", hashing)
	if err != nil {
		return nil, fmt.Errorf("hash a password: %w", err)
	}
	return &Service{store: s, now: now, absent: absent}, nil
}

// Add makes an account. It returns an [*order.Error] with the code Invalid or
// Exists.
func (s *Service) Add(ctx context.Context, email, name, password string) (order.Account, error) {
	email, name = strings.TrimSpace(email), strings.TrimSpace(name)
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email {
		return order.Account{}, &order.Error{Code: order.Invalid, Field: "email", Message: fmt.Sprintf("%q is not an e-mail address", email)}
	}
	if name == "" || utf8.RuneCountInString(name) > order.MaxTitle {
		return order.Account{}, &order.Error{Code: order.Invalid, Field: "name", Message: "the name is empty or too long"}
	}
	if utf8.RuneCountInString(password) < MinPassword || len(password) > 1024 {
		return order.Account{}, &order.Error{Code: order.Invalid, Field: "password", Message: fmt.Sprintf("a password has at least %d characters", MinPassword)}
	}
	hash, err := argon2id.CreateHash(password, hashing)
	if err != nil {
		return order.Account{}, fmt.Errorf("hash the password: %w", err)
	}
	a := order.Account{ID: token.NewID(16), Email: email, Name: name, PasswordHash: hash, CreatedAt: s.now()}
	return a, s.store.AddAccount(ctx, a)
}

// SignIn checks the password and returns the account with a new token. The
// error, with the code Unknown, does not say whether the account exists.
func (s *Service) SignIn(ctx context.Context, email, password string) (order.Account, string, error) {
	a, err := s.store.AccountByEmail(ctx, email)
	stored := a.PasswordHash
	if errors.Is(err, &order.Error{Code: order.NotFound}) {
		stored = s.absent
	} else if err != nil {
		return order.Account{}, "", err
	}
	match, hashErr := argon2id.ComparePasswordAndHash(password, stored)
	if hashErr != nil {
		return order.Account{}, "", fmt.Errorf("check the password: %w", hashErr)
	}
	if err != nil || !match {
		return order.Account{}, "", errSignIn
	}
	secret, hash := token.New()
	now := s.now()
	err = s.store.AddSession(ctx, store.Session{TokenHash: hash, AccountID: a.ID, CreatedAt: now, UsedAt: now})
	return a, secret, err
}

// Authenticate returns the account that the token belongs to, or an error with
// the code Unknown.
func (s *Service) Authenticate(ctx context.Context, secret string) (order.Account, error) {
	session, err := s.store.Session(ctx, token.Hash(secret))
	if errors.Is(err, &order.Error{Code: order.NotFound}) {
		return order.Account{}, errSession
	}
	if err != nil {
		return order.Account{}, err
	}
	now := s.now()
	if now.Sub(session.UsedAt) > unusedSession {
		return order.Account{}, errSession
	}
	if now.Sub(session.UsedAt) > touchEvery {
		if err := s.store.TouchSession(ctx, session.TokenHash, now); err != nil {
			return order.Account{}, err
		}
	}
	return s.store.Account(ctx, session.AccountID)
}

// SignOut ends the session of the token.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	return s.store.DropSession(ctx, token.Hash(secret))
}
