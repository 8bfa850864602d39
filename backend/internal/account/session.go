package account

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"handover/backend/api"
	"handover/backend/internal/store"
	"handover/backend/internal/token"
	"handover/backend/order"
)

const (
	// unusedSession is how long a session lasts without use.
	unusedSession = 90 * 24 * time.Hour
	// touchEvery bounds how often the use of a session is stored.
	touchEvery = time.Hour
	// purgeEvery is how often ended sessions are deleted.
	purgeEvery = time.Hour
)

// addSession signs the account in, as it was when its password was checked.
func (s *Service) addSession(ctx context.Context, a order.Account) (string, error) {
	secret, hash := token.New()
	now := s.now()
	if err := s.store.AddSession(ctx, store.Session{TokenHash: hash, AccountID: a.ID, CreatedAt: now, UsedAt: now}); err != nil {
		return "", err
	}
	// The account may have been disabled, or its password changed, since the
	// check. A change after this point ends the new session too.
	current, err := s.store.Account(ctx, a.ID)
	if err != nil {
		return "", errors.Join(err, s.store.DropSession(ctx, hash))
	}
	if current.Disabled() || current.PasswordHash != a.PasswordHash {
		return "", errors.Join(errSignIn, s.store.DropSession(ctx, hash))
	}
	return secret, nil
}

// Authenticate returns the account that the token belongs to, or an error with
// the code Unauthenticated.
func (s *Service) Authenticate(ctx context.Context, secret string) (order.Account, error) {
	a, err := s.authenticate(ctx, token.Hash(secret))
	if errors.Is(err, isNotFound) {
		err = errSession
	}
	return a, err
}

func (s *Service) authenticate(ctx context.Context, hash string) (order.Account, error) {
	session, err := s.store.Session(ctx, hash)
	if err != nil {
		return order.Account{}, err
	}
	now := s.now()
	if now.Sub(session.UsedAt) > unusedSession {
		return order.Account{}, errSession
	}
	if now.Sub(session.UsedAt) > touchEvery {
		if err := s.store.TouchSession(ctx, hash, now); err != nil {
			return order.Account{}, err
		}
	}
	a, err := s.store.Account(ctx, session.AccountID)
	if err != nil {
		return order.Account{}, err
	}
	if a.Disabled() {
		return order.Account{}, errSession
	}
	return a, nil
}

// SignOut ends the session of the token.
func (s *Service) SignOut(ctx context.Context, secret string) error {
	return s.store.DropSession(ctx, token.Hash(secret))
}

// sessionID returns the ID of the session whose token has the hash.
func sessionID(hash string) string { return token.Hash("session " + hash)[:20] }

// SignedIn lists the current sessions of an account, the last used first. It marks
// the session with the token secret.
func (s *Service) SignedIn(ctx context.Context, accountID, secret string) ([]api.SignedIn, error) {
	stored, err := s.store.Sessions(ctx, accountID)
	list := make([]api.SignedIn, 0, len(stored))
	for _, one := range stored {
		if s.now().Sub(one.UsedAt) <= unusedSession {
			list = append(list, api.SignedIn{
				ID: sessionID(one.TokenHash), CreatedAt: one.CreatedAt, UsedAt: one.UsedAt,
				Current: one.TokenHash == token.Hash(secret),
			})
		}
	}
	return list, err
}

// EndSession ends a session of the account, or returns an error with the code
// NotFound.
func (s *Service) EndSession(ctx context.Context, accountID, id string) error {
	stored, err := s.store.Sessions(ctx, accountID)
	if err != nil {
		return err
	}
	for _, one := range stored {
		if sessionID(one.TokenHash) == id {
			return s.store.DropSession(ctx, one.TokenHash)
		}
	}
	return &order.Error{Code: order.NotFound, Message: "there is no such session"}
}

// Run deletes ended sessions, now and every hour, until the context ends.
func (s *Service) Run(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(purgeEvery)
	defer tick.Stop()
	for {
		n, err := s.store.PurgeSessions(ctx, s.now().Add(-unusedSession))
		switch {
		case err != nil && ctx.Err() == nil:
			log.Error("ended sessions could not be deleted; trying again", "error", err)
		case n > 0:
			log.Info("deleted ended sessions", "sessions", n)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
