package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"handover/backend/internal/store"
)

// nanos is the form of a time in the tables. Times out of range sort first or last.
func nanos(t time.Time) int64 {
	switch {
	case t.Year() > 2261:
		return math.MaxInt64
	case t.Year() < 1678:
		return math.MinInt64
	}
	return t.UnixNano()
}

// storable reports whether a text column can hold the name. Other names match no
// row.
func storable(name string) bool {
	for i := range len(name) {
		if name[i] == 0 {
			return false
		}
	}
	return name != "" && utf8.ValidString(name)
}

// find reads the document that a query selects by the name. It returns
// [store.NotFound] for a missing one; what names the document.
func find[T any](ctx context.Context, q querier, what, sql, name string, args ...any) (v T, err error) {
	if !storable(name) {
		return v, store.NotFound(what)
	}
	var raw []byte
	err = q.QueryRow(ctx, sql, append([]any{name}, args...)...).Scan(&raw)
	if errors.Is(err, pgx.ErrNoRows) {
		return v, store.NotFound(what)
	}
	if err != nil {
		return v, err
	}
	return decode[T](what, name, raw)
}

func decode[T any](what, name string, raw []byte) (v T, err error) {
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("read %s %s: %w", what, name, err)
	}
	return v, nil
}

// collect decodes the documents of all rows.
func collect[T any](rows pgx.Rows, err error, what string) ([]T, error) {
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (v T, err error) {
		var raw []byte
		if err := row.Scan(&raw); err != nil {
			return v, err
		}
		return decode[T](what, "of a list", raw)
	})
}

// encode returns the document of a record.
func encode(v any) (json.RawMessage, error) {
	raw, err := json.Marshal(v)
	return raw, err
}

// each calls f with every document of a query, as they arrive.
func each[T any](ctx context.Context, tx pgx.Tx, sql, what string, f func(T) error) error {
	rows, err := tx.Query(ctx, sql)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		v, err := decode[T](what, "of all", rows.RawValues()[0])
		if err != nil {
			return err
		}
		if err := f(v); err != nil {
			return err
		}
	}
	return rows.Err()
}
