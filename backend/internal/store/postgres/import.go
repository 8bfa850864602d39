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
	// recordsSetting says whether all records are here: the setting's value is
	// whole, or how far the import has come that fills this database.
	recordsSetting = "records"
	whole          = "whole"
	// importSetting remembers an import that is finished.
	importSetting = "import"
)

// ErrUnfinished is returned by [Store.Whole].
var ErrUnfinished = errors.New("the records of another server are on their way into this database; the same handover-server migrate goes on with that")

// Whole returns ErrUnfinished while an import goes on or has stopped halfway. With
// the ID of an import it returns [store.ErrElsewhere] for a database that was not
// filled by that one. Once it has returned without error no import can begin. It
// comes after the servers have agreed on their secret, which makes the database
// not empty.
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
		if err == nil && p.ID != id {
			err = store.ErrElsewhere
		}
		return err
	})
}

// progress is what recordsSetting says of an import.
type progress struct {
	ID      string         `json:"id"`
	From    store.Origin   `json:"from"`
	At      store.Position `json:"at"`
	Content string         `json:"content,omitempty"`
}

// tables are what an import fills, directly or because it follows.
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
			in = store.Imported{ID: begin.ID, Anew: true}
			return empty(ctx, tx, string(raw))
		}
		in = store.Imported{ID: p.ID, At: p.At, Content: p.Content, Finished: finished}
		return nil
	})
	return in, err
}

// lockProgress reads how far an import has come, or what is left of one that is
// finished: the zero value when there was none.
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

// demandEmpty refuses a database that a server has used, or that has records.
func demandEmpty(ctx context.Context, tx pgx.Tx) error {
	some := []string{"EXISTS (SELECT FROM settings WHERE name <> '" + recordsSetting + "')"}
	for _, table := range tables {
		some = append(some, "EXISTS (SELECT FROM "+table+")")
	}
	var used bool
	err := tx.QueryRow(ctx, "SELECT "+strings.Join(some, " OR ")).Scan(&used)
	if err == nil && used {
		err = fmt.Errorf("%w: a server has used it", store.ErrNotEmpty)
	}
	return err
}

// empty removes what an import has brought, and begins again.
func empty(ctx context.Context, tx pgx.Tx, begin string) error {
	if _, err := tx.Exec(ctx, "TRUNCATE "+strings.Join(tables, ", ")); err != nil {
		return err
	}
	return setRecords(ctx, tx, begin)
}

func setRecords(ctx context.Context, tx pgx.Tx, value string) error {
	_, err := tx.Exec(ctx, "UPDATE settings SET value = $2 WHERE name = $1", recordsSetting, value)
	return err
}

// advance lets change store something and say how far the import has come then.
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
		for rest := records; len(rest) > 0; { // may be called again
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

// NoteContent implements [store.Importer].
func (s *Store) NoteContent(ctx context.Context, upload string) error {
	return s.advance(ctx, func(_ context.Context, _ pgx.Tx, p *progress) error {
		p.Content = upload
		return nil
	})
}

// FinishImport implements [store.Importer]. What the database knows of its
// tables, to find its way, is made anew: they have grown from nothing.
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
