package backend

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"handover/backend/internal/migrate"
	"handover/backend/internal/secret"
	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/internal/store/postgres"
	"handover/backend/internal/upload/bucket"
	"handover/backend/internal/upload/folder"
	"handover/backend/order"
)

// Migration describes a move of a data folder to PostgreSQL.
type Migration struct {
	Dir      string // data folder, not open in a server
	Database string // address of an empty database, or that of an interrupted migration
	// Storage is the address of a bucket for all files; "" when they stay in Dir.
	Storage string
	// DropUnfinished skips incomplete uploads, which cannot continue in a bucket.
	DropUnfinished bool
	// AtOnce is how many records one transaction copies; 0 for 2,000.
	AtOnce int
	Log    *slog.Logger
	Now    func() time.Time
	// Tell receives progress, from one goroutine at a time.
	Tell func(MigrationProgress)
}

// MigrationProgress is the progress of one step of a migration.
type MigrationProgress = migrate.Progress

// Migrated is the result of a migration.
type Migrated struct {
	// Records counts the records copied by this call. After an interruption these
	// are not all records.
	Records int64 `json:"records"`
	// Files and Bytes count content copied by this call.
	Files int64 `json:"files"`
	Bytes int64 `json:"bytes"`
	// Dropped is the number of skipped incomplete uploads.
	Dropped int `json:"dropped"`
	// Anew means that the migration restarted because the source or the storage had
	// changed.
	Anew bool `json:"anew"`
	// Already means that an earlier call had moved everything.
	Already     bool    `json:"already"`
	Source      *Report `json:"source,omitempty"`
	Destination *Report `json:"destination,omitempty"`
}

// ErrDisagree is returned by [Migrate] when a check finds problems, or the two checks
// have different results. The reports have the details.
var ErrDisagree = errors.New("the migration is not finished, and this folder's server stays in charge")

// atOnce is how many records a migration copies in one transaction.
const atOnce = 2000

// Migrate moves all records of a data folder to PostgreSQL, so that a server with
// this folder and that database continues where the folder's server stopped. After an
// interruption the same call continues. Migrate only reads the folder. After it has
// compared both sides, it marks the folder, so that no server uses the old records.
// Until then no server can use the database.
func Migrate(ctx context.Context, m Migration) (done Migrated, err error) {
	source, err := openSource(m.Dir, m.Storage)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	report, err := check(ctx, source.Records, m.looking("checking the source", func(_ context.Context, u order.Upload) error { return source.kept.CheckSize(u) }))
	if err != nil {
		return done, fmt.Errorf("check the source: %w", err)
	}
	done.Source = &report
	if len(report.Problems) > 0 {
		return done, fmt.Errorf("%w: the source has %d problems", ErrDisagree, len(report.Problems))
	}
	if m.Storage != "" && source.mark == nil {
		if done.Dropped, err = m.unfinished(ctx, source); err != nil {
			return done, err
		}
	}
	db, err := postgres.Open(ctx, m.Database, m.Log)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return done, m.carry(ctx, source, db, &done)
}

// source is a data folder that no server has open. It keeps the folder locked.
type source struct {
	*bolt.Store
	kept   folder.Archive
	bucket string // destination of the files, "" when they stay
	origin store.Origin
	marker string // path of postgresFile
	mark   *mark  // nil before the records have moved
}

// openSource opens the folder for reading.
func openSource(dir, storage string) (*source, error) {
	s := &source{kept: folder.Archive{Dir: filepath.Join(dir, uploadsDir)}, marker: filepath.Join(dir, postgresFile)}
	if storage != "" {
		b, err := bucket.Parse(storage)
		if err != nil {
			return nil, err
		}
		s.bucket = b.String()
	}
	if exists(filepath.Join(dir, storageFile)) {
		return nil, fmt.Errorf("the files of this folder are already in a bucket; see its file %s", storageFile)
	}
	var err error
	s.Store, err = bolt.OpenUnchanged(filepath.Join(dir, boltFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no %s in %s, so there is nothing to carry over", boltFile, dir)
	case errors.Is(err, bolt.ErrInUse):
		return nil, fmt.Errorf("%w; stop the server first", err)
	case errors.Is(err, bolt.ErrOlder):
		return nil, fmt.Errorf("%w; handover-server check --data %s brings it up to date", err, dir)
	case err != nil:
		return nil, err
	}
	if err := s.identify(dir); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *source) identify(dir string) error {
	file := filepath.Join(dir, secretFile)
	if _, err := os.Stat(file); err != nil { // opening would create it
		return fmt.Errorf("without the server's secret no review link works: %w", err)
	}
	key, err := secret.Open(file)
	if err != nil {
		return err
	}
	s.origin.Server = key.Fingerprint()
	if s.origin.State, err = s.State(); err != nil {
		return fmt.Errorf("read the state of the records: %w", err)
	}
	if s.bucket != "" { // files in one bucket are not in another
		s.origin.State += " to " + s.bucket
	}
	if s.mark, err = readMark(s.marker); err != nil {
		return err
	}
	if s.mark != nil && s.mark.From != s.origin {
		return fmt.Errorf("this folder was migrated before, but it or the storage has changed since; see %s", s.marker)
	}
	if s.mark == nil && exists(s.marker) {
		return fmt.Errorf("the records of this folder are already in PostgreSQL; see %s", s.marker)
	}
	return nil
}

// carry copies, compares, and marks the folder.
func (m Migration) carry(ctx context.Context, from *source, db *postgres.Store, done *Migrated) error {
	id := ""
	if from.mark != nil {
		id = from.mark.ID
	}
	begun, err := db.BeginImport(ctx, from.origin, id)
	if errors.Is(err, store.ErrNotEmpty) {
		return fmt.Errorf("%w; create an empty one", err)
	}
	if err != nil {
		return fmt.Errorf("begin in the database: %w", err)
	}
	done.Anew, done.Already = begun.Reset, begun.Finished
	if !begun.Finished {
		if err := m.fill(ctx, from, db, begun, done); err != nil {
			return err
		}
	}
	// First the folder, then the database: servers can never use both.
	if from.mark == nil {
		if err := writeMark(from.marker, mark{Note: markNote, ID: begun.ID, From: from.origin, Storage: from.bucket, MovedAt: m.Now()}); err != nil {
			return fmt.Errorf("mark the folder: %w", err)
		}
	}
	if err := db.FinishImport(ctx); err != nil {
		return fmt.Errorf("finish in the database: %w", err)
	}
	return nil
}

// fill copies missing records, and compares both sides.
func (m Migration) fill(ctx context.Context, from *source, db *postgres.Store, begun store.Imported, done *Migrated) error {
	agreed, err := db.Agree(ctx, secretSetting, from.origin.Server)
	if err != nil {
		return fmt.Errorf("note the server's secret: %w", err)
	}
	if agreed != from.origin.Server {
		return fmt.Errorf("%w: a server with another %s has used it", store.ErrNotEmpty, secretFile)
	}
	if m.AtOnce == 0 {
		m.AtOnce = atOnce
	}
	if done.Records, err = migrate.Records(ctx, from, db, begun.At, m.AtOnce, m.Tell); err != nil {
		return err
	}
	content := from.kept.Check // of files that stay in the folder
	if m.Storage != "" {
		files, err := m.openBucket(ctx, db)
		if err != nil {
			return err
		}
		defer files.Close()
		if done.Files, done.Bytes, err = m.content(from, db, files).Carry(ctx, begun.Content, m.Tell); err != nil {
			return err
		}
		content = files.Check
	}
	report, err := check(ctx, db.Records, m.looking("checking the destination", content))
	if err != nil {
		return fmt.Errorf("check the destination: %w", err)
	}
	done.Destination = &report
	return compare(ctx, from, db, done)
}

// compare checks both sides and requires equal reports without problems.
func compare(ctx context.Context, from *source, db *postgres.Store, done *Migrated) error {
	if n := len(done.Destination.Problems); n > 0 {
		return fmt.Errorf("%w: the destination has %d problems", ErrDisagree, n)
	}
	if done.Source.String() != done.Destination.String() {
		return fmt.Errorf("%w: the checks found %s and %s", ErrDisagree, done.Source, done.Destination)
	}
	there, err := from.CountRecords(ctx, store.Position{})
	if err != nil {
		return fmt.Errorf("count the source's records: %w", err)
	}
	here, err := db.CountImported(ctx)
	if err != nil {
		return fmt.Errorf("count the destination's records: %w", err)
	}
	if there != here {
		return fmt.Errorf("%w: the source has %d records, the destination %d", ErrDisagree, there, here)
	}
	first, err := from.EventLog.LastSeq(ctx)
	if err != nil {
		return err
	}
	second, err := db.EventLog.LastSeq(ctx)
	if err != nil {
		return err
	}
	if first != second {
		return fmt.Errorf("%w: the source's log ends with event %d, the destination's with %d", ErrDisagree, first, second)
	}
	return nil
}

// looking reports the files that a check has read.
func (m Migration) looking(step string, content func(context.Context, order.Upload) error) func(context.Context, order.Upload) error {
	p := migrate.Progress{Step: step}
	return func(ctx context.Context, u order.Upload) error {
		err := content(ctx, u)
		p.Done++
		p.DoneBytes += u.Size
		m.Tell(p)
		return err
	}
}
