package draft

import (
	"encoding/json"

	"go.etcd.io/bbolt"
)

// Unread counts the buyer's actions on an order that the seller has not yet seen on
// this computer.
type Unread struct {
	Messages int `json:"messages,omitempty"` // written by the buyer
	Other    int `json:"other,omitempty"`    // all other actions
}

// None reports whether everything is read.
func (u Unread) None() bool { return u == Unread{} }

// Follower is the position up to which a seller's events were processed.
type Follower struct {
	Account string `json:"account"` // owner of the events
	After   string `json:"after"`   // ID of the last event; "" for none yet
}

const followerSetting = "events_followed"

var unreadBucket = []byte("unread") // order -> Unread

// Followed returns the last processed event of the account. It deletes the unread
// counts of any other account.
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

// Follow adds to the unread counts and stores the position, in one transaction.
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

// Unread returns the counts by order, without orders that have none.
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

// See clears the unread counts of an order; messages says whether to clear the
// messages, too. some reports whether anything was unread.
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

// unread decodes counts; damaged counts are treated as zero.
func unread(raw []byte) (u Unread) {
	if raw == nil || json.Unmarshal(raw, &u) != nil {
		return Unread{}
	}
	return u
}
