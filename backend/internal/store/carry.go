package store

import (
	"context"
	"errors"
)

// Kind names a kind of records that one store hands to another.
type Kind string

// The kinds of records. What a store derives from them, such as indexes, counts
// and sums, is not carried; the other one makes its own.
const (
	AccountRecord   Kind = "account"
	SessionRecord   Kind = "session"
	OrderRecord     Kind = "order"
	KeyRecord       Kind = "idempotency key"
	PlacementRecord Kind = "placement"
	EventRecord     Kind = "event"
	EntryRecord     Kind = "entry of the ledger"
	NotesRecord     Kind = "notes about drafts"
	CommentsRecord  Kind = "comments"
	UploadRecord    Kind = "upload"
	CursorRecord    Kind = "cursor of a channel"
	OutboxRecord    Kind = "entry of an outbox"
)

// Record is one record as it is stored. Which of the fields beside Kind and
// Place it has follows from its kind.
type Record struct {
	Kind  Kind
	Place []byte // where the export stands after it
	// Of is the order of a key, of notes and of comments, the seller of a
	// placement, and the channel of a cursor or an entry of an outbox.
	Of string
	// Key is an idempotency key's or a placement's, any bytes.
	Key []byte
	Seq uint64 // of a cursor
	// Doc is the document of what it names, as JSON: an order.Account, a
	// [Session], an order.Order, a [Placed], an order.Event, an order.Entry, lists
	// of order.DraftNote and order.Comment, an order.Upload, an [Entry]. Of a key
	// it is the request, any bytes; a cursor has none.
	Doc []byte
}

// Placed is what is kept of a [Placement] with a key.
type Placed struct {
	Request string   `json:"request"`
	Orders  []string `json:"orders"`
}

// Position is a place in an export: after the record of the kind that has it.
// The zero value is the beginning.
type Position struct {
	Kind  Kind   `json:"kind,omitempty"`
	Place []byte `json:"place,omitempty"`
}

// Origin says where records come from.
type Origin struct {
	// Server is the same for all that one server ever stored.
	Server string `json:"server"`
	// State is another after every change of what is stored.
	State string `json:"state"`
}

// Exporter hands over every record of a store that nobody changes meanwhile.
type Exporter interface {
	// Export calls f with every record after a position that it came to before,
	// always in the same order, those of one kind together, until f returns an
	// error. The bytes of a record may be read until Export returns.
	Export(ctx context.Context, after Position, f func(Record) error) error
	// CountRecords says how many records there are after a position.
	CountRecords(ctx context.Context, after Position) (int64, error)
}

// ErrNotEmpty is returned by [Importer.BeginImport] for a store that holds
// something else.
var ErrNotEmpty = errors.New("the database is not empty")

// ErrElsewhere is returned by [Importer.BeginImport] when another store has, or is
// about to have, the records.
var ErrElsewhere = errors.New("the records were carried over to another database")

// ErrMoved is returned when another import goes on with the store, too.
var ErrMoved = errors.New("another migration into this database is running")

// Importer takes the records of another store over, bit by bit. Until that is
// finished no server uses it.
type Importer interface {
	// BeginImport makes the store one that is filled from the origin, and returns
	// how far that has come. It begins anew when the origin has changed since.
	// With the ID of an import it only goes on with that one.
	BeginImport(ctx context.Context, from Origin, id string) (Imported, error)
	// Import stores records that follow each other in an export, the first of
	// them after the position at, and notes that position of the last, all or
	// nothing.
	Import(ctx context.Context, at Position, records []Record) error
	// CountImported says how many records there are, of the kinds that are carried.
	CountImported(ctx context.Context) (int64, error)
	// NoteContent notes that the content of all uploads up to the one with the ID
	// is where the store's servers look for it.
	NoteContent(ctx context.Context, upload string) error
	// FinishImport lets servers use the store. A second time is no error.
	FinishImport(ctx context.Context) error
}

// Imported says how far an import has come.
type Imported struct {
	ID      string // of this import
	At      Position
	Content string // see [Importer.NoteContent]; "" for none
	// Anew means that an import had begun whose origin has changed since, and
	// what it had brought was removed.
	Anew bool
	// Finished means that servers may use the store, and may have changed it.
	Finished bool
}
