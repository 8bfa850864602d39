package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"handover/backend/internal/store"
)

func outboxKey(channel string, e store.Entry) []byte {
	return append(key([]byte(channel), number(e.Seq)), e.To...)
}

// Outbox implements [store.Outboxes].
func (s outboxes) Outbox(_ context.Context, channel string) (c store.Channel, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		if seq := tx.Bucket(cursorBucket).Get([]byte(channel)); seq != nil {
			c.On, c.Cursor = true, binary.BigEndian.Uint64(seq)
		}
		prefix := key([]byte(channel), nil)
		cursor := tx.Bucket(outboxBucket).Cursor()
		for k, raw := cursor.Seek(prefix); bytes.HasPrefix(k, prefix); k, raw = cursor.Next() {
			var e store.Entry
			if err := json.Unmarshal(raw, &e); err != nil {
				return fmt.Errorf("read an entry of the outbox %q: %w", channel, err)
			}
			c.Entries = append(c.Entries, e)
		}
		return nil
	})
	return c, err
}

// TakeOver implements [store.Outboxes].
func (s outboxes) TakeOver(_ context.Context, channel string, seq uint64, entries []store.Entry) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		for _, e := range entries {
			if err := put(tx, outboxBucket, outboxKey(channel, e), e); err != nil {
				return err
			}
		}
		return tx.Bucket(cursorBucket).Put([]byte(channel), number(seq))
	})
}

// SwitchOff implements [store.Outboxes].
func (s outboxes) SwitchOff(_ context.Context, channel string) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(cursorBucket).Delete([]byte(channel))
	})
}

// SaveEntry implements [store.Outboxes].
func (s outboxes) SaveEntry(_ context.Context, channel string, e store.Entry) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		k := outboxKey(channel, e)
		if tx.Bucket(outboxBucket).Get(k) == nil {
			return store.NotFound("entry in the outbox")
		}
		return put(tx, outboxBucket, k, e)
	})
}

// DropEntry implements [store.Outboxes].
func (s outboxes) DropEntry(_ context.Context, channel string, e store.Entry) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(outboxBucket).Delete(outboxKey(channel, e))
	})
}
