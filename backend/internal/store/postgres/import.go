package postgres

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
)

var _ store.Importer = (*Store)(nil)

const (
	// recordsSetting is whole when the database has all records, or else the
	// progress of the import that fills it.
	recordsSetting = "records"
	whole          = "whole"
	// importSetting is the progress of a finished import.
	importSetting = "import"
)

// ErrUnfinished is returned by [Store.Whole].
var ErrUnfinished = errors.New("the records of another server are on their way into this database; the same handover-server migrate goes on with that")

// Whole returns ErrUnfinished during an import or after an interrupted one. With
// the ID of an import it returns [store.ErrElsewhere] for a database that another
// import filled, or none. After it returns nil, no import can begin. Call it after
// the servers have agreed on their secret, because then the database is not empty.
func (s *Store) Whole(ctx context.Context, id string) error {
	value, err := s.Agree(ctx, recordsSetting, whole)
	switch {
	case err != nil:
		return err
	case value != whole:
		return ErrUnfinished
	case id == "":
		return nil
	}
	return s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		p, _, err := lockProgress(ctx, tx)
		if err != nil {
			return err
		}
		if p.ID != id {
			return store.ErrElsewhere
		}
		return nil
	})
}

// progress is the progress of an import, as recordsSetting has it.
type progress struct {
	ID      string         `json:"id"`
	From    store.Origin   `json:"from"`
	At      store.Position `json:"at"`
	Content string         `json:"content,omitempty"`
}

// tables are the tables that an import fills, derived ones included.
var tables = []string{
	"accounts", "sessions", "orders", "views", "order_counts", "idempotency", "placements", "events", "ledger", "earnings",
	"draft_notes", "comments", "uploads", "outbox_cursors", "outbox",
}

// BeginImport implements [store.Importer].
func (s *Store) BeginImport(ctx context.Context, from store.Origin, id string) (in store.Imported, err error) {
	begin := progress{ID: rand.Text(), From: from}
	err = s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		in = store.Imported{}
		raw, err := encode(begin)
		if err != nil {
			return err
		}
		done, err := tx.Exec(ctx, "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", recordsSetting, string(raw))
		if err != nil {
			return err
		}
		if done.RowsAffected() == 1 {
			if id != "" {
				return store.ErrElsewhere
			}
			in.ID = begin.ID
			return demandEmpty(ctx, tx)
		}
		p, finished, err := lockProgress(ctx, tx)
		switch {
		case err != nil:
			return err
		case id != "" && p.ID != id:
			return store.ErrElsewhere
		case p.From.Server != from.Server || finished && p.From != from:
			return fmt.Errorf("%w: a server has used it, or it has another one's records", store.ErrNotEmpty)
		case p.From != from:
			in = store.Imported{ID: begin.ID, Reset: true}
			return reset(ctx, tx, string(raw))
		}
		in = store.Imported{ID: p.ID, At: p.At, Content: p.Content, Finished: finished}
		return nil
	})
	return in, err
}

// lockProgress reads the progress of the running or the finished import, the zero
// value without one.
func lockProgress(ctx context.Context, tx pgx.Tx) (p progress, finished bool, err error) {
	var raw, before string
	err = tx.QueryRow(ctx, "SELECT value, coalesce((SELECT value FROM settings WHERE name = $2), '{}') FROM settings WHERE name = $1 FOR UPDATE",
		recordsSetting, importSetting).Scan(&raw, &before)
	if err != nil {
		return p, false, err
	}
	if finished = raw == whole; finished {
		raw = before
	}
	if err := json.Unmarshal([]byte(raw), &p); err != nil {
		return p, finished, fmt.Errorf("read how far the migration has come: %w", err)
	}
	return p, finished, nil
}

// demandEmpty returns an error for a database that a server has used, or that has
// records.
func demandEmpty(ctx context.Context, tx pgx.Tx) error {
	some := []string{"EXISTS (SELECT FROM settings WHERE name <> '" + recordsSetting + "')"}
	for _, table := range tables {
		some = append(some, "EXISTS (SELECT FROM "+table+")")
	}
	var used bool
	if err := tx.QueryRow(ctx, "SELECT "+strings.Join(some, " OR ")).Scan(&used); err != nil {
		return err
	}
	if used {
		return fmt.Errorf("%w: a server has used it", store.ErrNotEmpty)
	}
	return nil
}

// reset removes the imported records, and begins again.
func reset(ctx context.Context, tx pgx.Tx, begin string) error {
	if _, err := tx.Exec(ctx, "TRUNCATE "+strings.Join(tables, ", ")); err != nil {
		return err
	}
	return setRecords(ctx, tx, begin)
}

func setRecords(ctx context.Context, tx pgx.Tx, value string) error {
	_, err := tx.Exec(ctx, "UPDATE settings SET value = $2 WHERE name = $1", recordsSetting, value)
	return err
}

// advance calls change in a transaction and stores the new progress.
func (s *Store) advance(ctx context.Context, change func(ctx context.Context, tx pgx.Tx, p *progress) error) error {
	return s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		p, finished, err := lockProgress(ctx, tx)
		if err != nil {
			return err
		}
		if finished {
			return store.ErrMoved
		}
		if err := change(ctx, tx, &p); err != nil {
			return err
		}
		raw, err := encode(p)
		if err != nil {
			return err
		}
		return setRecords(ctx, tx, string(raw))
	})
}

// Import implements [store.Importer].
func (s *Store) Import(ctx context.Context, at store.Position, records []store.Record) error {
	return s.advance(ctx, func(ctx context.Context, tx pgx.Tx, p *progress) error {
		if p.At.Kind != at.Kind || string(p.At.Place) != string(at.Place) {
			return store.ErrMoved
		}
		for rest := records; len(rest) > 0; { // records stays, because update may call this again
			kind, n := rest[0].Kind, 1
			for n < len(rest) && rest[n].Kind == kind {
				n++
			}
			if err := importKind(ctx, tx, kind, rest[:n]); err != nil {
				return fmt.Errorf("store records of the kind %q: %w", kind, err)
			}
			p.At = store.Position{Kind: kind, Place: rest[n-1].Place}
			rest = rest[n:]
		}
		return nil
	})
}

// CountImported implements [store.Importer].
func (s *Store) CountImported(ctx context.Context) (n int64, err error) {
	var parts []string
	for _, to := range targets {
		parts = append(parts, "(SELECT count(*) FROM "+to.table+")")
	}
	err = s.view(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, "SELECT "+strings.Join(parts, " + ")).Scan(&n)
	})
	return n, err
}

// RecordContent implements [store.Importer].
func (s *Store) RecordContent(ctx context.Context, upload string) error {
	return s.advance(ctx, func(_ context.Context, _ pgx.Tx, p *progress) error {
		p.Content = upload
		return nil
	})
}

// FinishImport implements [store.Importer]. It updates the database's statistics,
// because the tables were empty before the import.
func (s *Store) FinishImport(ctx context.Context) error {
	return s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		p, finished, err := lockProgress(ctx, tx)
		if err != nil || finished {
			return err
		}
		raw, err := encode(p)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO settings (name, value) VALUES ($1, $2)", importSetting, string(raw)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "ANALYZE "+strings.Join(tables, ", ")); err != nil {
			return err
		}
		return setRecords(ctx, tx, whole)
	})
}
