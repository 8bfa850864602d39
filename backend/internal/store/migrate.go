package store

import (
	"context"
	"errors"
)

// Kind is a kind of records that migrate copies from one store to another.
type Kind string

// The kinds of records. Derived data, such as indexes, counts and sums, is not
// copied; the destination derives it again.
const (
	AccountRecord   Kind = "account"
	SessionRecord   Kind = "session"
	OrderRecord     Kind = "order"
	KeyRecord       Kind = "idempotency key"
	PlacementRecord Kind = "placement"
	EventRecord     Kind = "event"
	EntryRecord     Kind = "entry of the ledger"
	PresenceRecord  Kind = "notes about drafts"
	CommentsRecord  Kind = "comments"
	UploadRecord    Kind = "upload"
	CursorRecord    Kind = "cursor of a channel"
	OutboxRecord    Kind = "entry of an outbox"
)

// Record is one record as stored. Its kind determines which of the other fields
// are set; Place always is.
type Record struct {
	Kind  Kind
	Place []byte // the position of the export after this record
	// Of is the order of a key, of presence and of comments, the seller of a
	// placement, and the channel of a cursor or an outbox entry.
	Of string
	// Key is the key of an idempotency key or a placement, any bytes.
	Key []byte
	Seq uint64 // of a cursor
	// Doc is the JSON document of the record: an order.Account, a [Session], an
	// order.Order, a [Placed], an order.Event, an order.Entry, lists of
	// order.DraftPresence and order.Comment, an order.Upload, an [Entry]. For a key it
	// is the request, any bytes. A cursor has no document.
	Doc []byte
}

// Placed is the stored result of a [Placement] with a key.
type Placed struct {
	Request string   `json:"request"`
	Orders  []string `json:"orders"`
}

// Position is a position in an export: after the record with this Kind and Place.
// The zero value is the beginning.
type Position struct {
	Kind  Kind   `json:"kind,omitempty"`
	Place []byte `json:"place,omitempty"`
}

// Origin identifies the source of records.
type Origin struct {
	// Server is the same for all records of one server.
	Server string `json:"server"`
	// State differs after every change of the records.
	State string `json:"state"`
}

// Exporter reads every record of a store that does not change during the export.
type Exporter interface {
	// Export calls f with every record after a position of an earlier call, until
	// f returns an error. The sequence is always the same, and records of one kind
	// follow each other. The bytes of a record are valid until Export returns.
	Export(ctx context.Context, after Position, f func(Record) error) error
	// CountRecords returns the number of records after a position.
	CountRecords(ctx context.Context, after Position) (int64, error)
}

// ErrNotEmpty is returned by [Importer.BeginImport] for a store with other records.
var ErrNotEmpty = errors.New("the database is not empty")

// ErrElsewhere is returned by [Importer.BeginImport] when the records were
// migrated to another store, or that migration has started.
var ErrElsewhere = errors.New("the records were carried over to another database")

// ErrMoved is returned when another import works on the same store.
var ErrMoved = errors.New("another migration into this database is running")

// Importer copies the records of another store in batches. No server uses the
// store before the import is finished.
type Importer interface {
	// BeginImport starts the import from an origin, or resumes it, and returns its
	// progress. It starts again when the origin has changed since. With the ID of
	// an import it only resumes that import.
	BeginImport(ctx context.Context, from Origin, id string) (Imported, error)
	// Import stores consecutive records of an export, starting after the position
	// at, and records the position of the last one, in one transaction.
	Import(ctx context.Context, at Position, records []Record) error
	// CountImported returns the number of records of the kinds that are copied.
	CountImported(ctx context.Context) (int64, error)
	// RecordContent records that the servers of the store can read the content of
	// all uploads up to the given ID.
	RecordContent(ctx context.Context, upload string) error
	// FinishImport opens the store for servers. Repeating it is not an error.
	FinishImport(ctx context.Context) error
}

// Imported is the progress of an import.
type Imported struct {
	ID      string // of this import
	At      Position
	Content string // see [Importer.RecordContent]; "" for none
	// Reset means that the origin changed after an earlier import had begun, and
	// the records of that import were removed.
	Reset bool
	// Finished means that servers may use the store, and may have changed it.
	Finished bool
}
