package draft

import (
	"encoding/json"

	"go.etcd.io/bbolt"
)

// Unread counts what the buyer of an order did since its seller last looked, on
// this computer.
type Unread struct {
	Messages int `json:"messages,omitempty"` // that the buyer wrote
	Other    int `json:"other,omitempty"`    // all else
}

// None reports whether there is nothing unread.
func (u Unread) None() bool { return u == Unread{} }

// Follower is how far a seller's events have been followed.
type Follower struct {
	Account string `json:"account"` // whose events they are
	After   string `json:"after"`   // ID of the last one; "" for none yet
}

const followerSetting = "events_followed"

var unreadBucket = []byte("unread") // order -> what of it is unread

// Followed returns how far the account's events have been followed, and forgets
// what is unread of any other account.
func (s *Store) Followed(account string) (after string, err error) {
	var f Follower
	if err := s.Setting(followerSetting, &f); err != nil || f.Account == account {
		return f.After, err
	}
	return "", s.db.Update(func(tx *bbolt.Tx) error {
		if err := tx.DeleteBucket(unreadBucket); err != nil {
			return err
		}
		if _, err := tx.CreateBucket(unreadBucket); err != nil {
			return err
		}
		return put(tx.Bucket(settingBucket), []byte(followerSetting), Follower{Account: account})
	})
}

// Follow adds what happened to what is unread and notes how far the events have
// been followed, both or neither.
func (s *Store) Follow(f Follower, happened map[string]Unread) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(unreadBucket)
		for order, more := range happened {
			u := unread(bucket.Get([]byte(order)))
			if err := put(bucket, []byte(order), Unread{u.Messages + more.Messages, u.Other + more.Other}); err != nil {
				return err
			}
		}
		return put(tx.Bucket(settingBucket), []byte(followerSetting), f)
	})
}

// Unread returns what is unread, by order; orders with nothing are left out.
func (s *Store) Unread() (map[string]Unread, error) {
	all := map[string]Unread{}
	return all, s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(unreadBucket).ForEach(func(k, raw []byte) error {
			if u := unread(raw); !u.None() {
				all[string(k)] = u
			}
			return nil
		})
	})
}

// See forgets what is unread of the order: all but the messages, or these as
// well. It reports whether there was anything.
func (s *Store) See(order string, messages bool) (left Unread, some bool, err error) {
	var before Unread
	err = s.db.View(func(tx *bbolt.Tx) error {
		before = unread(tx.Bucket(unreadBucket).Get([]byte(order)))
		return nil
	})
	if err != nil || before.None() || !messages && before.Other == 0 {
		return before, false, err
	}
	return left, true, s.db.Update(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(unreadBucket)
		if left.Messages = unread(bucket.Get([]byte(order))).Messages; !messages && left.Messages > 0 {
			return put(bucket, []byte(order), left)
		}
		left = Unread{}
		return bucket.Delete([]byte(order))
	})
}

// unread decodes a value; what cannot be read is only a mark that is lost.
func unread(raw []byte) (u Unread) {
	if raw == nil || json.Unmarshal(raw, &u) != nil {
		return Unread{}
	}
	return u
}
