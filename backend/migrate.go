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

// Migration says what is to be carried over to PostgreSQL, and where to.
type Migration struct {
	Dir      string // of the data, which no server has open
	Database string // address of an empty database, or of one where this has begun
	// Storage is the address of a bucket that all files are carried to, too; "" when
	// they stay in Dir.
	Storage string
	// DropUnfinished leaves behind what has not arrived whole, which cannot go on
	// in a bucket.
	DropUnfinished bool
	// AtOnce is how many records go over in one transaction; 0 for 2,000.
	AtOnce int
	Log    *slog.Logger
	Now    func() time.Time
	// Tell is told of progress, from one goroutine at a time.
	Tell func(MigrationProgress)
}

// MigrationProgress says how far one step of a migration has come.
type MigrationProgress = migrate.Progress

// Migrated says what a migration has done.
type Migrated struct {
	// Records counts what was carried this time, which is less than all when it
	// went on after an interruption.
	Records int64 `json:"records"`
	// Files and Bytes count content that was carried this time.
	Files int64 `json:"files"`
	Bytes int64 `json:"bytes"`
	// Dropped is how many uploads were left behind because they are not finished.
	Dropped int `json:"dropped"`
	// Anew means that it began again because the source had changed, or goes to
	// another storage.
	Anew bool `json:"anew"`
	// Already means that everything had been carried over before.
	Already     bool    `json:"already"`
	Source      *Report `json:"source,omitempty"`
	Destination *Report `json:"destination,omitempty"`
}

// ErrDisagree is returned by [Migrate] when one of the checks finds problems, or
// both do not find the same. The reports say what.
var ErrDisagree = errors.New("the migration is not finished, and this folder's server stays in charge")

// atOnce is how many records a migration carries in one transaction.
const atOnce = 2000

// Migrate carries all records of a data folder over to PostgreSQL, so that a
// server with this folder and that database goes on where the folder's own
// stopped. Interrupted at any moment, the same call goes on. The folder is read
// only; once both sides were compared it is marked, so that no server uses its
// records any more. Until then nobody can use the database.
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

// source is a data folder that no server has open, and keeps it so.
type source struct {
	*bolt.Store
	kept   folder.Archive
	bucket string // that the files go to, "" when they stay
	origin store.Origin
	marker string // the file that says where the records went
	mark   *mark  // nil before that
}

// openSource opens the folder to be read.
func openSource(dir, storage string) (*source, error) {
	s := &source{kept: folder.Archive{Dir: filepath.Join(dir, uploadsDir)}, marker: filepath.Join(dir, postgresFile)}
	if storage != "" {
		b, err := bucket.Parse(storage)
		if err != nil {
			return nil, err
		}
		s.bucket = b.String()
	}
	if _, err := os.Lstat(filepath.Join(dir, storageFile)); err == nil {
		return nil, fmt.Errorf("the files of this folder lie in a storage already; see %s there", storageFile)
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
	if _, err := os.Stat(file); err != nil { // opening it would make one
		return fmt.Errorf("without the server's secret no review link works: %w", err)
	}
	key, err := secret.Open(file)
	if err != nil {
		return err
	}
	s.origin.Server = key.Fingerprint()
	if s.origin.State, err = s.State(); err != nil {
		return fmt.Errorf("look at the records: %w", err)
	}
	if s.bucket != "" { // what has come to one bucket is not in another
		s.origin.State += " to " + s.bucket
	}
	if s.mark, err = readMark(s.marker); err != nil {
		return err
	}
	if s.mark != nil && s.mark.From != s.origin {
		return fmt.Errorf("this folder was carried over before, as it was then or to another storage; see %s", s.marker)
	}
	if _, err := os.Lstat(s.marker); err == nil && s.mark == nil {
		return fmt.Errorf("the records of this folder lie in PostgreSQL already; see %s", s.marker)
	}
	return nil
}

// carry carries, compares, and hands over.
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
	// First the folder, then the database: at no moment can both be used.
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

// fill carries what is missing, and compares both sides.
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
	content := from.kept.Check // of the files that stay
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

// compare demands that both sides have the same, without problems.
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
	if err == nil && first != second {
		err = fmt.Errorf("%w: the source's log ends with event %d, the destination's with %d", ErrDisagree, first, second)
	}
	return err
}

// looking tells of the files that a check has read.
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
