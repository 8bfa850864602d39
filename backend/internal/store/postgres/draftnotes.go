package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"handover/backend/order"
)

const selectNotes = "SELECT doc FROM draft_notes WHERE order_id = $1"

// ChangeDraftNotes implements [store.DraftNotes].
func (s *Store) ChangeDraftNotes(ctx context.Context, orderID string, change func([]order.DraftNote) []order.DraftNote) error {
	return s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		// The order's row stands for its notes, of which there may be none yet.
		if _, err := find[order.Order](ctx, tx, "order", lockOrder, orderID); err != nil {
			return err
		}
		notes, err := notesOf(ctx, tx, orderID)
		if err != nil {
			return err
		}
		if notes = change(notes); len(notes) == 0 {
			_, err = tx.Exec(ctx, "DELETE FROM draft_notes WHERE order_id = $1", orderID)
			return err
		}
		doc, err := encode(notes)
		if err == nil {
			_, err = tx.Exec(ctx, "INSERT INTO draft_notes (order_id, doc) VALUES ($1, $2) ON CONFLICT (order_id) DO UPDATE SET doc = $2", orderID, doc)
		}
		return err
	})
}

// DraftNotes implements [store.DraftNotes].
func (s *Store) DraftNotes(ctx context.Context, orderID string) (notes []order.DraftNote, err error) {
	err = s.read(ctx, func(ctx context.Context, q querier) error {
		notes, err = notesOf(ctx, q, orderID)
		return err
	})
	return notes, err
}

func notesOf(ctx context.Context, q querier, orderID string) ([]order.DraftNote, error) {
	notes, err := find[[]order.DraftNote](ctx, q, "note about drafts of order", selectNotes, orderID)
	if errors.Is(err, &order.Error{Code: order.NotFound}) {
		return nil, nil
	}
	return notes, err
}
