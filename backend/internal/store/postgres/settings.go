package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Agree returns the value that all servers on this database use for the name:
// the one that is stored, or value when there was none.
func (s *Store) Agree(ctx context.Context, name, value string) (agreed string, err error) {
	err = s.update(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, value); err != nil {
			return err
		}
		return tx.QueryRow(ctx, "SELECT value FROM settings WHERE name = $1", name).Scan(&agreed)
	})
	return agreed, err
}
