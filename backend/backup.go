package backend

import (
	"context"
	"errors"
	"fmt"
	"io"

	"handover/backend/internal/admin"
	"handover/backend/internal/backup"
	"handover/backend/internal/store/bolt"
	"handover/backend/internal/upload/folder"
	"handover/backend/order"
)

// BackupSummary describes the content of a backup.
type BackupSummary = admin.Backup

// ErrNotEmpty is returned by [Restore] for a folder that is not empty.
var ErrNotEmpty = backup.ErrNotEmpty

// ErrDamaged is returned by [Restore] for an incomplete or damaged backup.
var ErrDamaged = backup.ErrDamaged

// small are the required files of a data folder other than the database and the
// uploads.
var small = []string{secretFile, urlFile}

// Backup writes a snapshot of all data while the server answers requests. On error
// the output is not a usable backup.
func (s *Server) Backup(ctx context.Context, w io.Writer) (BackupSummary, error) {
	if s.config.Storage != "" {
		return BackupSummary{}, errors.New("the files are in a bucket: use the versioning or replication of the storage service; back up the records with pg_dump, or copy " + s.config.Dir + " while the server is stopped")
	}
	db, ok := s.db.(backup.Store)
	if !ok {
		return BackupSummary{}, errors.New("the orders are in PostgreSQL, which has its own tools: run pg_dump first, then copy " + s.config.Dir + " (uploads and secret.key); uploads in between do no harm")
	}
	written, err := backup.Write(ctx, w, backup.Source{
		Program: "handover-server " + Version, Dir: s.config.Dir, Small: small,
		Store: db, Open: s.files.OpenFile, Describe: describe, Now: s.config.Now,
	})
	return BackupSummary(written), err
}

func describe(u order.Upload) (content, info string, raw []byte, err error) {
	e, err := folder.Export(u)
	return e.ContentName, e.InfoName, e.Info, err
}

// Restore makes the data folder dir from a backup. It verifies every byte before it
// puts any file in its place. Its errors include ErrNotEmpty and ErrDamaged.
func Restore(ctx context.Context, r io.Reader, dir string) (BackupSummary, error) {
	restored, err := backup.Restore(ctx, r, dir, small, func(database string, uploads []string) error {
		return forget(ctx, database, uploads)
	})
	return BackupSummary(restored), err
}

// forget drops the records of uploads from a database.
func forget(ctx context.Context, database string, uploads []string) error {
	db, err := bolt.Open(database)
	if err != nil {
		return err
	}
	for _, id := range uploads {
		if dropErr := db.Uploads.DropUpload(ctx, id); dropErr != nil {
			err = errors.Join(err, fmt.Errorf("upload %s: %w", id, dropErr))
		}
	}
	return errors.Join(err, db.Close())
}
