package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// AddAccount implements [store.Accounts].
func (s accounts) AddAccount(ctx context.Context, a order.Account) error {
	doc, err := encode(a)
	if err != nil {
		return err
	}
	return s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "INSERT INTO accounts (id, email, doc) VALUES ($1, $2, $3) ON CONFLICT (email) DO NOTHING", a.ID, store.EmailKey(a.Email), doc)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return store.ErrAccountExists
		}
		return nil
	})
}

// AccountByEmail implements [store.Accounts].
func (s accounts) AccountByEmail(ctx context.Context, email string) (order.Account, error) {
	return s.account(ctx, "SELECT doc FROM accounts WHERE email = $1", store.EmailKey(email))
}

// Account implements [store.Accounts].
func (s accounts) Account(ctx context.Context, id string) (order.Account, error) {
	return s.account(ctx, "SELECT doc FROM accounts WHERE id = $1", id)
}

func (s accounts) account(ctx context.Context, sql, name string) (a order.Account, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		a, err = find[order.Account](ctx, q, "account", sql, name)
		return err
	})
	return a, err
}

// ListAccounts implements [store.Accounts].
func (s accounts) ListAccounts(ctx context.Context) (accounts []order.Account, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		rows, err := q.Query(ctx, "SELECT doc FROM accounts ORDER BY email")
		accounts, err = collect[order.Account](rows, err, "account")
		return err
	})
	return accounts, err
}

// ChangeAccount implements [store.Accounts].
func (s accounts) ChangeAccount(ctx context.Context, c store.AccountChange) (a order.Account, err error) {
	err = s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if a, err = find[order.Account](ctx, tx, "account", "SELECT doc FROM accounts WHERE id = $1 FOR UPDATE", c.Account); err != nil {
			return err
		}
		if err := c.Apply(&a); err != nil {
			return err
		}
		doc, err := encode(a)
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		b.Queue("UPDATE accounts SET doc = $2 WHERE id = $1", a.ID, doc)
		if c.EndSessions {
			b.Queue("DELETE FROM sessions WHERE account = $1 AND token_hash <> $2", a.ID, c.Keep)
		}
		return tx.SendBatch(ctx, b).Close()
	})
	return a, err
}

// AddSession implements [store.Accounts]. It waits for a concurrent change of the
// account, so no session escapes a change that ends all sessions.
func (s accounts) AddSession(ctx context.Context, session store.Session) error {
	doc, err := encode(session)
	if err != nil {
		return err
	}
	return s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue("SELECT 1 FROM accounts WHERE id = $1 FOR SHARE", session.AccountID)
		b.Queue(`INSERT INTO sessions (token_hash, account, used_at, doc) VALUES ($1, $2, $3, $4)
			ON CONFLICT (token_hash) DO UPDATE SET account = $2, used_at = $3, doc = $4`,
			session.TokenHash, session.AccountID, nanos(session.UsedAt), doc)
		return tx.SendBatch(ctx, b).Close()
	})
}

// Session implements [store.Accounts].
func (s accounts) Session(ctx context.Context, tokenHash string) (session store.Session, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		session, err = find[store.Session](ctx, q, "session", "SELECT doc FROM sessions WHERE token_hash = $1", tokenHash)
		return err
	})
	return session, err
}

// TouchSession implements [store.Accounts].
func (s accounts) TouchSession(ctx context.Context, tokenHash string, at time.Time) error {
	return s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		session, err := find[store.Session](ctx, tx, "session", "SELECT doc FROM sessions WHERE token_hash = $1 FOR UPDATE", tokenHash)
		if err != nil {
			return err
		}
		session.UsedAt = at
		doc, err := encode(session)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE sessions SET used_at = $2, doc = $3 WHERE token_hash = $1", tokenHash, nanos(at), doc)
		return err
	})
}

// DropSession implements [store.Accounts].
func (s accounts) DropSession(ctx context.Context, tokenHash string) error {
	_, err := s.delete(ctx, "DELETE FROM sessions WHERE token_hash = $1", tokenHash)
	return err
}

// Sessions implements [store.Accounts].
func (s accounts) Sessions(ctx context.Context, accountID string) (sessions []store.Session, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		rows, err := q.Query(ctx, "SELECT doc FROM sessions WHERE account = $1 ORDER BY used_at DESC, token_hash", accountID)
		sessions, err = collect[store.Session](rows, err, "session")
		return err
	})
	return sessions, err
}

// PurgeSessions implements [store.Accounts].
func (s accounts) PurgeSessions(ctx context.Context, before time.Time) (int, error) {
	return s.delete(ctx, "DELETE FROM sessions WHERE used_at < $1", nanos(before))
}
