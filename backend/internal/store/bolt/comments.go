package bolt

import (
	"context"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"handover/backend/order"
)

// commentBucket has the comments of each order.
var commentBucket = []byte("comments") // order -> comments

// ChangeComments implements [store.Comments].
func (s *Store) ChangeComments(_ context.Context, orderID string, change func(order.Order, []order.Comment) ([]order.Comment, error)) error {
	err := s.db.Update(func(tx *bbolt.Tx) error {
		o, err := get[order.Order](tx, orderBucket, []byte(orderID), "order")
		if err != nil {
			return err
		}
		comments, err := loadComments(tx, orderID)
		if err != nil {
			return err
		}
		if comments, err = change(o, comments); err != nil {
			return err
		}
		return putComments(tx, orderID, comments)
	})
	if err == nil {
		s.commented.Tell(orderID)
	}
	return err
}

// WatchComments implements [store.Comments].
func (s *Store) WatchComments(orderID string) (<-chan struct{}, func()) {
	return s.commented.Watch(orderID)
}

// sendRest stores what [order.SendRest] makes of the order's comments.
func sendRest(tx *bbolt.Tx, orderID string, events []order.Event) error {
	if !order.Completes(events) {
		return nil
	}
	comments, err := loadComments(tx, orderID)
	if err != nil || order.SendRest(comments, events) == 0 {
		return err
	}
	return putComments(tx, orderID, comments)
}

// Comments implements [store.Comments].
func (s *Store) Comments(_ context.Context, orderID string) (comments []order.Comment, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		comments, err = loadComments(tx, orderID)
		return err
	})
	return comments, err
}

func loadComments(tx *bbolt.Tx, orderID string) (comments []order.Comment, err error) {
	raw := tx.Bucket(commentBucket).Get([]byte(orderID))
	if raw == nil {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &comments); err != nil {
		return nil, fmt.Errorf("read the comments of order %s: %w", orderID, err)
	}
	return comments, nil
}

func putComments(tx *bbolt.Tx, orderID string, comments []order.Comment) error {
	if len(comments) == 0 {
		return tx.Bucket(commentBucket).Delete([]byte(orderID))
	}
	return put(tx, commentBucket, []byte(orderID), comments)
}

// commentsOf holds the comments of an order against it.
func (v *verifier) commentsOf(o order.Order) {
	comments, err := loadComments(v.tx, o.ID)
	if err != nil {
		return // comments says so
	}
	for _, fault := range o.CommentFaults(comments) {
		v.problem("order %s: %s", o.ID, fault)
	}
}

// comments looks for those that cannot be read or belong to no order.
func (v *verifier) comments() error {
	return each(v, commentBucket, "the comments of order", func(k []byte, _ []order.Comment) {
		if v.orders[string(k)] == nil {
			v.problem("comments belong to no order: %q", k)
		}
	})
}
