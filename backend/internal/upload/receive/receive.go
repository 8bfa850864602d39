// Package receive stores the bytes of uploads and records finished uploads in the
// ledger.
package receive

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"handover/backend/internal/upload/catalog"
	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// Ledger keeps the records of finished uploads.
type Ledger interface {
	// FinishUploads records finished uploads in one go, durably when it returns. A
	// repetition for the same ID changes nothing and returns nil.
	FinishUploads(ctx context.Context, us []order.Upload) error
	// UploadWith returns a record of the seller's with this SHA-256 and size, except
	// that of the ID not. Its error has the code order.NotFound when there is no
	// such record.
	UploadWith(ctx context.Context, sellerID, sha256 string, size int64, not string) (order.Upload, error)
}

// Config is what a [Receiver] needs.
type Config struct {
	Catalog *catalog.Catalog
	Reader  content.Reader
	Writer  content.Writer
	Ledger  Ledger
	Closing context.Context // ends when the server closes
	Now     func() time.Time
	Log     *slog.Logger
}

// Receiver receives uploads. It is safe for concurrent use.
type Receiver struct {
	Config
	records content.Group[order.Upload] // waiting for the ledger
}

// New returns a receiver.
func New(c Config) *Receiver {
	r := &Receiver{Config: c}
	r.records.Act = r.record
	return r
}

// Record records finished uploads whose content is durable. Concurrent calls share
// one transaction.
func (r *Receiver) Record(us ...order.Upload) error { return r.records.Do(us...) }

// record calls the ledger and makes the names of the content durable at the same
// time. A crash can leave a record without its file; no client was told of that
// upload.
func (r *Receiver) record(us []order.Upload) error {
	synced := make(chan error, 1)
	go func() { synced <- r.Writer.Flush() }()
	err := r.Ledger.FinishUploads(context.Background(), us)
	return errors.Join(err, <-synced)
}

// Existing returns an upload that has an info.
func (r *Receiver) Existing(in content.Info) *Upload { return &Upload{r: r, Info: in} }

// Fresh returns an upload without an info: one request brings all of its content,
// or its content is stored already.
func (r *Receiver) Fresh(in content.Info) *Upload { return &Upload{r: r, Info: in, fresh: true} }
