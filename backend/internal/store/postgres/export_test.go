package postgres

import (
	"context"
	"time"

	"handover/backend/internal/store"
)

// Lease sets how long leases last.
func (s *Store) Lease(d time.Duration) { s.lease = leaseTimes(d) }

// Show returns a setting of the store's connections.
func (s *Store) Show(ctx context.Context, name string) (value string, err error) {
	err = s.pool.QueryRow(ctx, "SHOW "+name).Scan(&value)
	return value, err
}

// Exec runs a statement on one of the store's connections.
func (s *Store) Exec(ctx context.Context, sql string, args ...any) error {
	_, err := s.pool.Exec(ctx, sql, args...)
	return err
}

// Explain returns how the database carries a list's query out.
func (s *Store) Explain(ctx context.Context, q store.Query) (string, error) {
	after, err := readCursor(q.Cursor)
	if err != nil {
		return "", err
	}
	sql, args := listQuery(q, after)
	return s.ExplainSQL(ctx, sql, args...)
}

// ExplainSQL returns how the database carries a query out.
func (s *Store) ExplainSQL(ctx context.Context, sql string, args ...any) (plan string, err error) {
	rows, err := s.pool.Query(ctx, "EXPLAIN "+sql, args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return "", err
		}
		plan += line + "\n"
	}
	return plan, rows.Err()
}
