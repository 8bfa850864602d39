package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrations lead from each format of the tables to the next. A released migration
// never changes; a new format needs another file.
//
//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewer is returned by [Open] for tables in a newer format.
var ErrNewer = errors.New("a newer version has changed this database; use that version or a newer one")

const (
	// migrationLock is the advisory lock under which the tables change.
	migrationLock = 0x48616e646f766572 // "Handover"
	// lockTries is how many seconds a server waits for another server's migration.
	lockTries = 600
)

// migrate migrates the tables to the latest format. It holds a lock, so servers that
// start together migrate once.
func migrate(ctx context.Context, c *pgxpool.Config) error {
	conn := c.ConnConfig.Copy()
	// A migration has no time limit.
	conn.RuntimeParams["statement_timeout"], conn.RuntimeParams["idle_in_transaction_session_timeout"] = "0", "0"
	db := stdlib.OpenDB(*conn)
	defer db.Close()
	var encoding string
	if err := db.QueryRowContext(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database's encoding is %s; create it with UTF8", encoding)
	}
	p, err := provider(db)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring the tables to the latest format: %w", err)
	}
	found, latest, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if found > latest {
		return fmt.Errorf("%w: it has format %d, this version reads up to %d", ErrNewer, found, latest)
	}
	return nil
}

func provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(migrationLock), lock.WithLockTimeout(1, lockTries))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithSessionLocker(locker), goose.WithTableName("handover_format"), goose.WithDisableGlobalRegistry(true))
}
