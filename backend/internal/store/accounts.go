package store

import (
	"context"
	"strings"
	"time"

	"handover/backend/order"
)

// Accounts stores accounts and their sessions.
type Accounts interface {
	// AddAccount returns Exists when the e-mail address is taken, in any case.
	AddAccount(ctx context.Context, a order.Account) error
	AccountByEmail(ctx context.Context, email string) (order.Account, error)
	Account(ctx context.Context, id string) (order.Account, error)
	ListAccounts(ctx context.Context) ([]order.Account, error)
	// ChangeAccount changes one account; see [AccountChange].
	ChangeAccount(ctx context.Context, c AccountChange) (order.Account, error)
	// AddSession signs an account in with the hash of a token.
	AddSession(ctx context.Context, s Session) error
	Session(ctx context.Context, tokenHash string) (Session, error)
	// TouchSession records that a session was used.
	TouchSession(ctx context.Context, tokenHash string, at time.Time) error
	// DropSession signs out. A missing session is not an error.
	DropSession(ctx context.Context, tokenHash string) error
	// Sessions lists the sessions of an account, the last used first.
	Sessions(ctx context.Context, accountID string) ([]Session, error)
	// PurgeSessions removes the sessions that were last used before the time,
	// and returns their number.
	PurgeSessions(ctx context.Context, before time.Time) (int, error)
}

// AccountChange asks for one change of one account.
type AccountChange struct {
	Account string
	// Apply changes the account, but neither its ID nor its e-mail address.
	// With an error nothing changes, and ChangeAccount returns that error.
	Apply func(*order.Account) error
	// EndSessions ends the account's sessions in the same transaction, except
	// the session whose token has the hash Keep.
	EndSessions bool
	Keep        string
}

// Session is a signed-in device.
type Session struct {
	TokenHash string    `json:"token_hash"`
	AccountID string    `json:"account_id"`
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at"`
}

// EmailKey returns the form of an e-mail address in which stores compare it.
func EmailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }
