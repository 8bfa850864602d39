package backend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"handover/backend/internal/migrate"
	"handover/backend/internal/store/postgres"
	"handover/backend/internal/upload"
	"handover/backend/internal/upload/bucket"
	"handover/backend/order"
)

// unfinished counts incomplete uploads. It refuses to skip them without
// DropUnfinished.
func (m Migration) unfinished(ctx context.Context, from *source) (int, error) {
	n, err := from.kept.Unfinished(func(id string) (bool, error) {
		_, err := from.Uploads.Upload(ctx, id)
		if errors.Is(err, &order.Error{Code: order.NotFound}) {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return 0, fmt.Errorf("look for unfinished uploads: %w", err)
	}
	if n > 0 && !m.DropUnfinished {
		return 0, &order.Error{Code: order.Conflict, Message: fmt.Sprintf(
			"%d uploads have not arrived whole, and cannot go on in a bucket; let them finish, or leave them behind with --drop-unfinished: their sellers' programs then send them anew", n)}
	}
	return n, nil
}

// largest is the size of the largest object in S3, so that no finished upload is
// refused here.
const largest = 5 << 40

// openBucket opens the bucket as a server on the database does.
func (m Migration) openBucket(ctx context.Context, db *postgres.Store) (*upload.Service, error) {
	location, err := bucket.Parse(m.Storage)
	if err != nil {
		return nil, err
	}
	location.Temp = DefaultStorageTemp
	owner, err := identityOf(ctx, db)
	if err != nil {
		return nil, err
	}
	return upload.Open(upload.Config{
		Owner: owner, Dir: filepath.Join(m.Dir, tempDir), Bucket: &location, MaxFileSize: largest, Ledger: db.Uploads, Lock: db.Lock, Log: m.Log, Now: m.Now,
	})
}

// content returns the copy of files from the folder to the bucket.
func (m Migration) content(from *source, db *postgres.Store, to *upload.Service) migrate.Content {
	return migrate.Content{
		Each: from.Uploads.EachUpload,
		Open: func(u order.Upload) (io.ReadCloser, error) {
			f, err := from.kept.Open(u)
			if errors.Is(err, fs.ErrNotExist) && u.DeliveredIn == 0 {
				return nil, nil // a crash came before the upload was acknowledged
			}
			if err != nil {
				return nil, err
			}
			return f, nil
		},
		Adopt: to.Adopt, Note: db.RecordContent,
	}
}
