package account

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/internal/token"
	"handover/backend/order"
)

// ChangeProfile changes an account. Its error has the code Invalid.
func (s *Service) ChangeProfile(ctx context.Context, id string, p api.AccountPatch) (order.Account, error) {
	return s.store.ChangeAccount(ctx, store.AccountChange{Account: id, Apply: func(a *order.Account) error {
		if err := patch(a, p.Name, p.Language); err != nil || p.TimeZone == nil {
			return err
		}
		a.TimeZone = *p.TimeZone
		return order.CheckTimeZone("time_zone", a.TimeZone)
	}})
}

// patch changes the fields that are not nil.
func patch(a *order.Account, name *string, language *order.Language) error {
	if name != nil {
		a.Name = strings.TrimSpace(*name)
		if a.Name == "" || utf8.RuneCountInString(a.Name) > order.MaxTitle || !utf8.ValidString(a.Name) || strings.ContainsFunc(a.Name, unicode.IsControl) {
			return &order.Error{Code: order.Invalid, Field: "name", Message: "the name is empty, too long, or has characters that cannot be shown"}
		}
	}
	if language != nil {
		a.Language = *language
		if !a.Language.Known() {
			return &order.Error{Code: order.Invalid, Field: "language", Message: fmt.Sprintf("%q is not a language that Handover speaks: de or en", *language)}
		}
	}
	return nil
}

// ChangePassword sets a new password and ends all sessions of the account except
// the session with the token secret. The error has the code Invalid, with the field
// current when the current password is wrong, or RateLimited.
func (s *Service) ChangePassword(ctx context.Context, a order.Account, secret string, p api.NewPassword) error {
	attempt, err := s.guard.begin(a.Email, "", s.now())
	if err != nil {
		return err
	}
	match, err := s.matches(ctx, p.Current, a.PasswordHash)
	if err != nil {
		attempt.undo()
		return err
	}
	if !match {
		return &order.Error{Code: order.Invalid, Field: "current", Message: "the current password is wrong"}
	}
	attempt.succeed()
	if err := checkPassword("new", p.New); err != nil {
		return err
	}
	return s.setPassword(ctx, a, p.New, token.Hash(secret))
}

// setPassword ends every session except the session whose token has the hash keep.
// It refuses when the password has changed since a was read.
func (s *Service) setPassword(ctx context.Context, a order.Account, password, keep string) error {
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	_, err = s.store.ChangeAccount(ctx, store.AccountChange{
		Account: a.ID, EndSessions: true, Keep: keep,
		Apply: func(now *order.Account) error {
			if now.PasswordHash != a.PasswordHash {
				return &order.Error{Code: order.Conflict, Message: "the password was changed by somebody else meanwhile"}
			}
			now.PasswordHash = hash
			return nil
		},
	})
	return err
}

// Reset gives the account with the e-mail address a new password, and ends all
// its sessions.
func (s *Service) Reset(ctx context.Context, email, password string) (order.Account, error) {
	a, err := s.store.AccountByEmail(ctx, email)
	if err != nil {
		return a, err
	}
	if err := checkPassword("password", password); err != nil {
		return a, err
	}
	if err := s.setPassword(ctx, a, password, ""); err != nil {
		return a, err
	}
	s.guard.accounts.reset(accountKey(email)) // the failures were about the old password
	return a, nil
}

// SetDisabled disables the account with the e-mail address and ends all its
// sessions, or enables it. A second call with the same value changes nothing.
func (s *Service) SetDisabled(ctx context.Context, email string, disabled bool) (order.Account, error) {
	a, err := s.store.AccountByEmail(ctx, email)
	if err != nil {
		return a, err
	}
	return s.store.ChangeAccount(ctx, store.AccountChange{
		Account: a.ID, EndSessions: disabled,
		Apply: func(a *order.Account) error {
			switch {
			case !disabled:
				a.DisabledAt = time.Time{}
			case !a.Disabled():
				a.DisabledAt = s.now()
			}
			return nil
		},
	})
}
