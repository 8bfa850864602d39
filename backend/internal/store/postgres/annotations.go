package postgres

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
	"handover/backend/order"
)

// The tables of annotations, with one row per order. A change locks the order's
// row, because the annotation may not have a row yet.
const (
	draftPresence = "draft_notes"
	comments      = "comments"
)

// listOf returns an order's list, nil if the table has none.
func listOf[T any](ctx context.Context, q querier, table, orderID string) ([]T, error) {
	list, err := find[[]T](ctx, q, table+" of order", "SELECT doc FROM "+table+" WHERE order_id = $1", orderID)
	if store.IsNotFound(err) {
		return nil, nil
	}
	return list, err
}

func putList[T any](ctx context.Context, tx pgx.Tx, table, orderID string, list []T) error {
	if len(list) == 0 {
		_, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE order_id = $1", orderID)
		return err
	}
	doc, err := encode(list)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, upsertList(table), orderID, doc)
	return err
}

func upsertList(table string) string {
	return "INSERT INTO " + table + " (order_id, doc) VALUES ($1, $2) ON CONFLICT (order_id) DO UPDATE SET doc = $2"
}

// changeList replaces an order's list with the result of change, and locks the
// order.
func changeList[T any](ctx context.Context, tx pgx.Tx, table, orderID string, change func(order.Order, []T) ([]T, error)) error {
	o, err := find[order.Order](ctx, tx, "order", lockOrder, orderID)
	if err != nil {
		return err
	}
	list, err := listOf[T](ctx, tx, table, orderID)
	if err != nil {
		return err
	}
	if list, err = change(o, list); err != nil {
		return err
	}
	return putList(ctx, tx, table, orderID, list)
}

// ChangeDraftPresence implements [store.Annotations].
func (s annotations) ChangeDraftPresence(ctx context.Context, orderID string, change func([]order.DraftPresence) []order.DraftPresence) error {
	return s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return changeList(ctx, tx, draftPresence, orderID, func(_ order.Order, list []order.DraftPresence) ([]order.DraftPresence, error) {
			return change(list), nil
		})
	})
}

// DraftPresence implements [store.Annotations].
func (s annotations) DraftPresence(ctx context.Context, orderID string) (list []order.DraftPresence, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		list, err = listOf[order.DraftPresence](ctx, q, draftPresence, orderID)
		return err
	})
	return list, err
}

// ChangeComments implements [store.Annotations].
func (s annotations) ChangeComments(ctx context.Context, orderID string, change func(order.Order, []order.Comment) ([]order.Comment, error)) error {
	err := s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if err := changeList(ctx, tx, comments, orderID, change); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "SELECT pg_notify($1, $2)", commentChannel, orderID)
		return err
	})
	if err != nil {
		return err
	}
	s.commented.Notify(orderID)
	return nil
}

// WatchComments implements [store.Annotations]. Notifications of changes by other
// servers arrive after a short delay.
func (s annotations) WatchComments(orderID string) (<-chan struct{}, func()) {
	return s.commented.Watch(orderID)
}

// Comments implements [store.Annotations].
func (s annotations) Comments(ctx context.Context, orderID string) (list []order.Comment, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		list, err = listOf[order.Comment](ctx, q, comments, orderID)
		return err
	})
	return list, err
}

// sendRest stores the result of [order.SendRest] for the comments of the orders
// that complete. The caller has locked their rows.
func sendRest(ctx context.Context, tx pgx.Tx, all []store.Revision) error {
	completing := map[string][]order.Event{}
	for _, r := range all {
		if order.Completes(r.Events) {
			completing[r.After.ID] = r.Events
		}
	}
	if len(completing) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, "SELECT order_id, doc FROM "+comments+" WHERE order_id = ANY($1)", slices.Collect(maps.Keys(completing)))
	if err != nil {
		return err
	}
	sent := &pgx.Batch{}
	var id string
	var raw []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &raw}, func() error {
		list, err := decode[[]order.Comment]("comments of order", id, raw)
		if err != nil || order.SendRest(list, completing[id]) == 0 {
			return err
		}
		doc, err := encode(list)
		sent.Queue(upsertList(comments), id, doc)
		return err
	})
	if err != nil {
		return err
	}
	return send(ctx, tx, sent)
}
