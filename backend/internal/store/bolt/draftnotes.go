package bolt

import (
	"context"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"handover/backend/order"
)

// draftNoteBucket has the notes of each order about drafts on computers.
var draftNoteBucket = []byte("draft_notes") // order -> notes

// ChangeDraftNotes implements [store.DraftNotes].
func (s *Store) ChangeDraftNotes(_ context.Context, orderID string, change func([]order.DraftNote) []order.DraftNote) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		if _, err := get[order.Order](tx, orderBucket, []byte(orderID), "order"); err != nil {
			return err
		}
		notes, err := draftNotes(tx, orderID)
		if err != nil {
			return err
		}
		if notes = change(notes); len(notes) == 0 {
			return tx.Bucket(draftNoteBucket).Delete([]byte(orderID))
		}
		return put(tx, draftNoteBucket, []byte(orderID), notes)
	})
}

// DraftNotes implements [store.DraftNotes].
func (s *Store) DraftNotes(_ context.Context, orderID string) (notes []order.DraftNote, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		notes, err = draftNotes(tx, orderID)
		return err
	})
	return notes, err
}

func draftNotes(tx *bbolt.Tx, orderID string) (notes []order.DraftNote, err error) {
	raw := tx.Bucket(draftNoteBucket).Get([]byte(orderID))
	if raw == nil {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &notes); err != nil {
		return nil, fmt.Errorf("read the notes about drafts of order %s: %w", orderID, err)
	}
	return notes, nil
}
