package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
)

// Outbox implements [store.Outboxes].
func (s outboxes) Outbox(ctx context.Context, channel string) (c store.Channel, err error) {
	err = s.view(ctx, func(tx pgx.Tx) error {
		c = store.Channel{}
		err := tx.QueryRow(ctx, "SELECT seq FROM outbox_cursors WHERE channel = $1", channel).Scan(&c.Cursor)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		c.On = err == nil
		rows, err := tx.Query(ctx, "SELECT doc FROM outbox WHERE channel = $1 ORDER BY seq, receiver", channel)
		c.Entries, err = collect[store.Entry](rows, err, "entry of the outbox")
		return err
	})
	return c, err
}

// TakeOver implements [store.Outboxes]. It skips events that another server has
// processed, after this server had seemed to be gone.
func (s outboxes) TakeOver(ctx context.Context, channel string, seq uint64, entries []store.Entry) error {
	return s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		var done uint64
		err := tx.QueryRow(ctx, "SELECT seq FROM outbox_cursors WHERE channel = $1 FOR UPDATE", channel).Scan(&done)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		on := err == nil
		b := &pgx.Batch{}
		for _, e := range entries {
			if on && e.Seq <= done {
				continue
			}
			doc, err := encode(e)
			if err != nil {
				return err
			}
			b.Queue("INSERT INTO outbox (channel, seq, receiver, doc) VALUES ($1, $2, $3, $4) ON CONFLICT (channel, seq, receiver) DO UPDATE SET doc = $4",
				channel, e.Seq, string(e.To), doc)
		}
		b.Queue("INSERT INTO outbox_cursors AS c (channel, seq) VALUES ($1, $2) ON CONFLICT (channel) DO UPDATE SET seq = greatest(c.seq, $2)", channel, seq)
		return tx.SendBatch(ctx, b).Close()
	})
}

// SwitchOff implements [store.Outboxes].
func (s outboxes) SwitchOff(ctx context.Context, channel string) error {
	_, err := s.delete(ctx, "DELETE FROM outbox_cursors WHERE channel = $1", channel)
	return err
}

// SaveEntry implements [store.Outboxes].
func (s outboxes) SaveEntry(ctx context.Context, channel string, e store.Entry) error {
	doc, err := encode(e)
	if err != nil {
		return err
	}
	return s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "UPDATE outbox SET doc = $4 WHERE channel = $1 AND seq = $2 AND receiver = $3", channel, e.Seq, string(e.To), doc)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return store.NotFound("entry in the outbox")
		}
		return nil
	})
}

// DropEntry implements [store.Outboxes].
func (s outboxes) DropEntry(ctx context.Context, channel string, e store.Entry) error {
	_, err := s.delete(ctx, "DELETE FROM outbox WHERE channel = $1 AND seq = $2 AND receiver = $3", channel, e.Seq, string(e.To))
	return err
}
