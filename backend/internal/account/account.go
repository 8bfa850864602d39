// Package account manages sellers' accounts, passwords and sessions.
package account

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/internal/token"
	"handover/backend/order"
)

var (
	errSignIn   = &order.Error{Code: order.Unauthenticated, Message: "the e-mail address or the password is wrong"}
	errSession  = &order.Error{Code: order.Unauthenticated, Message: "the sign-in has ended; sign in again"}
	errDisabled = &order.Error{Code: order.Forbidden, Message: "this account is disabled; ask the operator of the server"}
	isNotFound  = &order.Error{Code: order.NotFound}
)

// Service signs sellers in.
type Service struct {
	store store.Accounts
	now   func() time.Time
	guard guard
	hasher
	// absent is the password hash for unknown addresses, so that a sign-in with
	// an unknown address takes as long as with a wrong password.
	absent string
}

// New returns the service on the accounts of a store.
func New(s store.Accounts, now func() time.Time) (*Service, error) {
	h := newHasher()
	absent, err := h.hash(context.Background(), "nobody's password")
	if err != nil {
		return nil, err
	}
	return &Service{store: s, now: now, guard: newGuard(), hasher: h, absent: absent}, nil
}

// Add makes an account. It returns an [*order.Error] with the code Invalid or
// Exists.
func (s *Service) Add(ctx context.Context, n api.NewUser) (order.Account, error) {
	email := strings.TrimSpace(n.Email)
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email {
		return order.Account{}, &order.Error{Code: order.Invalid, Field: "email", Message: fmt.Sprintf("%q is not an e-mail address", email)}
	}
	a := order.Account{ID: token.NewID(16), Email: email, CreatedAt: s.now()}
	if err := patch(&a, &n.Name, &n.Language); err != nil {
		return order.Account{}, err
	}
	if err := checkPassword("password", n.Password); err != nil {
		return order.Account{}, err
	}
	hash, err := s.hash(ctx, n.Password)
	if err != nil {
		return order.Account{}, err
	}
	a.PasswordHash = hash
	return a, s.store.AddAccount(ctx, a)
}

// SignIn checks the password and returns the account with a new token. client
// is the address of the client, "" for none. The error has the code Unauthenticated,
// whether the account exists or not; Forbidden, for the right password of a disabled
// account; or RateLimited, when it is too early to try again.
func (s *Service) SignIn(ctx context.Context, email, password, client string) (order.Account, string, error) {
	attempt, err := s.guard.begin(email, client, s.now())
	if err != nil {
		return order.Account{}, "", err
	}
	a, err := s.store.AccountByEmail(ctx, email)
	stored := a.PasswordHash
	if errors.Is(err, isNotFound) {
		stored = s.absent
	} else if err != nil {
		attempt.undo()
		return order.Account{}, "", err
	}
	match, hashErr := s.matches(ctx, password, stored)
	if hashErr != nil {
		attempt.undo()
		return order.Account{}, "", hashErr
	}
	if err != nil || !match {
		return order.Account{}, "", errSignIn
	}
	attempt.succeed()
	if a.Disabled() {
		return order.Account{}, "", errDisabled
	}
	secret, err := s.addSession(ctx, a)
	return a, secret, err
}
