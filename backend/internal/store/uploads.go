package store

import (
	"context"

	"handover/backend/order"
)

// Uploads stores the records of finished uploads.
type Uploads interface {
	// FinishUpload records a finished upload. An existing record stays.
	FinishUpload(ctx context.Context, u order.Upload) error
	// FinishUploads is FinishUpload for several in one transaction.
	FinishUploads(ctx context.Context, us []order.Upload) error
	Upload(ctx context.Context, id string) (order.Upload, error)
	// DropUpload removes a record. It returns Conflict when a delivery names the
	// upload. A missing record is not an error.
	DropUpload(ctx context.Context, id string) error
	// EachUpload calls f with every record until f returns an error.
	EachUpload(ctx context.Context, f func(order.Upload) error) error
	// UploadWith returns a record of the seller with this SHA-256 and size, whose
	// ID is not the given one.
	UploadWith(ctx context.Context, sellerID, sha256 string, size int64, not string) (order.Upload, error)
	// StoredBytes returns the total size of a seller's uploads. It counts each
	// SHA-256 once.
	StoredBytes(ctx context.Context, sellerID string) (int64, error)
}
