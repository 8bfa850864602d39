package bolt

import (
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
	"handover/backend/order"
)

func emailKey(email string) []byte { return []byte(store.EmailKey(email)) }

// AddAccount implements [store.Accounts].
func (s accounts) AddAccount(_ context.Context, a order.Account) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		emails := tx.Bucket(emailBucket)
		if emails.Get(emailKey(a.Email)) != nil {
			return store.ErrAccountExists
		}
		if err := emails.Put(emailKey(a.Email), []byte(a.ID)); err != nil {
			return err
		}
		return put(tx, accountBucket, []byte(a.ID), a)
	})
}

// AccountByEmail implements [store.Accounts].
func (s accounts) AccountByEmail(_ context.Context, email string) (a order.Account, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		a, err = get[order.Account](tx, accountBucket, tx.Bucket(emailBucket).Get(emailKey(email)), "account")
		return err
	})
	return a, err
}

// Account implements [store.Accounts].
func (s accounts) Account(_ context.Context, id string) (a order.Account, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		a, err = get[order.Account](tx, accountBucket, []byte(id), "account")
		return err
	})
	return a, err
}

// ListAccounts implements [store.Accounts].
func (s accounts) ListAccounts(context.Context) (accounts []order.Account, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(emailBucket).ForEach(func(_, id []byte) error {
			a, err := get[order.Account](tx, accountBucket, id, "account")
			accounts = append(accounts, a)
			return err
		})
	})
	return accounts, err
}

// AddSession implements [store.Accounts].
func (s accounts) AddSession(_ context.Context, session store.Session) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		return put(tx, sessionBucket, []byte(session.TokenHash), session)
	})
}

// Session implements [store.Accounts].
func (s accounts) Session(_ context.Context, tokenHash string) (session store.Session, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		session, err = get[store.Session](tx, sessionBucket, []byte(tokenHash), "session")
		return err
	})
	return session, err
}

// TouchSession implements [store.Accounts].
func (s accounts) TouchSession(_ context.Context, tokenHash string, at time.Time) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		session, err := get[store.Session](tx, sessionBucket, []byte(tokenHash), "session")
		if err != nil {
			return err
		}
		session.UsedAt = at
		return put(tx, sessionBucket, []byte(tokenHash), session)
	})
}

// DropSession implements [store.Accounts].
func (s accounts) DropSession(_ context.Context, tokenHash string) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(sessionBucket).Delete([]byte(tokenHash))
	})
}

// ChangeAccount implements [store.Accounts].
func (s accounts) ChangeAccount(_ context.Context, c store.AccountChange) (a order.Account, err error) {
	err = s.db.Update(func(tx *bbolt.Tx) error {
		if a, err = get[order.Account](tx, accountBucket, []byte(c.Account), "account"); err != nil {
			return err
		}
		if err := c.Apply(&a); err != nil {
			return err
		}
		if c.EndSessions {
			ended, err := sessionsWhere(tx, func(s store.Session) bool { return s.AccountID == a.ID && s.TokenHash != c.Keep })
			if err != nil {
				return err
			}
			if err := dropSessions(tx, ended); err != nil {
				return err
			}
		}
		return put(tx, accountBucket, []byte(a.ID), a)
	})
	return a, err
}

// Sessions implements [store.Accounts].
func (s accounts) Sessions(_ context.Context, accountID string) (sessions []store.Session, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		sessions, err = sessionsWhere(tx, func(s store.Session) bool { return s.AccountID == accountID })
		return err
	})
	slices.SortFunc(sessions, func(a, b store.Session) int { return b.UsedAt.Compare(a.UsedAt) })
	return sessions, err
}

// PurgeSessions implements [store.Accounts].
func (s accounts) PurgeSessions(_ context.Context, before time.Time) (n int, err error) {
	err = s.db.Update(func(tx *bbolt.Tx) error {
		old, err := sessionsWhere(tx, func(s store.Session) bool { return s.UsedAt.Before(before) })
		n = len(old)
		if err != nil {
			return err
		}
		return dropSessions(tx, old)
	})
	return n, err
}

// sessionsWhere reads every session. Few exist, one per device, and the calls are
// rare.
func sessionsWhere(tx *bbolt.Tx, match func(store.Session) bool) (found []store.Session, err error) {
	err = each(tx, sessionBucket, "session", func(session store.Session) error {
		if match(session) {
			found = append(found, session)
		}
		return nil
	})
	return found, err
}

func dropSessions(tx *bbolt.Tx, sessions []store.Session) error {
	for _, session := range sessions {
		if err := tx.Bucket(sessionBucket).Delete([]byte(session.TokenHash)); err != nil {
			return err
		}
	}
	return nil
}
