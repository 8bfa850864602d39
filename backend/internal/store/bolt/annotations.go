package bolt

import (
	"context"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"handover/backend/order"
)

// The lists of each order that are not part of its document.
var (
	commentBucket  = []byte("comments")    // order -> comments
	presenceBucket = []byte("draft_notes") // order -> computers
)

// loadList returns an order's list, nil if the bucket has none.
func loadList[T any](tx *bbolt.Tx, bucket []byte, orderID string) (list []T, err error) {
	raw := tx.Bucket(bucket).Get([]byte(orderID))
	if raw == nil {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("read the %s of order %s: %w", bucket, orderID, err)
	}
	return list, nil
}

func putList[T any](tx *bbolt.Tx, bucket []byte, orderID string, list []T) error {
	if len(list) == 0 {
		return tx.Bucket(bucket).Delete([]byte(orderID))
	}
	return put(tx, bucket, []byte(orderID), list)
}

// changeList replaces an order's list with the result of change.
func changeList[T any](tx *bbolt.Tx, bucket []byte, orderID string, change func(order.Order, []T) ([]T, error)) error {
	o, err := get[order.Order](tx, orderBucket, []byte(orderID), "order")
	if err != nil {
		return err
	}
	list, err := loadList[T](tx, bucket, orderID)
	if err != nil {
		return err
	}
	if list, err = change(o, list); err != nil {
		return err
	}
	return putList(tx, bucket, orderID, list)
}

// ChangeComments implements [store.Annotations].
func (s annotations) ChangeComments(_ context.Context, orderID string, change func(order.Order, []order.Comment) ([]order.Comment, error)) error {
	err := s.db.Update(func(tx *bbolt.Tx) error {
		return changeList(tx, commentBucket, orderID, change)
	})
	if err != nil {
		return err
	}
	s.commented.Notify(orderID)
	return nil
}

// WatchComments implements [store.Annotations].
func (s annotations) WatchComments(orderID string) (<-chan struct{}, func()) {
	return s.commented.Watch(orderID)
}

// Comments implements [store.Annotations].
func (s annotations) Comments(_ context.Context, orderID string) (comments []order.Comment, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		comments, err = loadList[order.Comment](tx, commentBucket, orderID)
		return err
	})
	return comments, err
}

// sendRest stores the result of [order.SendRest] for the order's comments.
func sendRest(tx *bbolt.Tx, orderID string, events []order.Event) error {
	if !order.Completes(events) {
		return nil
	}
	comments, err := loadList[order.Comment](tx, commentBucket, orderID)
	if err != nil || order.SendRest(comments, events) == 0 {
		return err
	}
	return putList(tx, commentBucket, orderID, comments)
}

// ChangeDraftPresence implements [store.Annotations].
func (s annotations) ChangeDraftPresence(_ context.Context, orderID string, change func([]order.DraftPresence) []order.DraftPresence) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		return changeList(tx, presenceBucket, orderID, func(_ order.Order, list []order.DraftPresence) ([]order.DraftPresence, error) {
			return change(list), nil
		})
	})
}

// DraftPresence implements [store.Annotations].
func (s annotations) DraftPresence(_ context.Context, orderID string) (list []order.DraftPresence, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		list, err = loadList[order.DraftPresence](tx, presenceBucket, orderID)
		return err
	})
	return list, err
}
