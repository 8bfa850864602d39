package content

import (
	"context"
	"io"
	"iter"
	"time"

	"handover/backend/order"
)

// A store of content implements the four interfaces below. Everything is durable
// when a method returns, unless the method says otherwise. IDs are valid. The
// caller holds the lock of an upload that changes, except for a new upload whose
// ID nobody knows.

// Infos keeps the infos of unfinished uploads.
type Infos interface {
	// Read returns fs.ErrNotExist when the upload has no info, and [ErrDamaged]
	// when the info makes no sense.
	Read(id string) (Info, error)
	// Write replaces an info as a whole.
	Write(in Info) error
	// MarkDone notes that the ledger has the upload. Nothing depends on the mark,
	// so it need not be durable.
	MarkDone(in Info) error
	// Remove deletes all of an upload. An upload that is missing is no error.
	Remove(id string) error
}

// Reader reads content.
type Reader interface {
	// Open returns fs.ErrNotExist when there is no content. The caller closes the
	// reader.
	Open(ctx context.Context, id string) (io.ReadSeekCloser, error)
	// Size returns 0 when there is no content.
	Size(id string) (int64, error)
	// Holds reports whether there is content with the record's size.
	Holds(u order.Upload) (bool, error)
}

// Writer stores content.
type Writer interface {
	// Append adds the bytes of src, as far as they come, and returns where the
	// upload then durably stands, also with an error. It calls commit to store
	// the info, from one goroutine at a time. An upload that becomes whole may be
	// returned without a commit: the caller has the ledger record it. ctx ends
	// only the wait for room, with [ErrClosing]. The error is [ErrLost] when the
	// upload can never be whole.
	Append(ctx context.Context, in Info, src io.Reader, commit func(Info) error) (Info, error)
	// Take stores all content of a new upload, or nothing. It returns
	// [ErrIncomplete] when src ends too early, and [ErrClosing] as Append does.
	Take(ctx context.Context, in Info, src io.Reader) (Info, error)
	// Keep stores the content of a small new upload. Its Sync makes it durable.
	Keep(in Info, data []byte) (Small, error)
	// Seal completes an upload whose bytes are all stored: its content can then be
	// opened and its SHA256 is set, unless it is a part. It uses commit as Append
	// does, and returns [ErrLost] as Append does.
	Seal(in Info, commit func(Info) error) (Info, error)
	// Flush makes the names of new content durable.
	Flush() error
	// RemoveContent deletes content that never became an upload. Missing content
	// is no error.
	RemoveContent(id string) error
	// Adopt stores content that agrees with its record, or nothing.
	Adopt(ctx context.Context, u order.Upload, src io.Reader) error
	// Copy gives a new upload the content of another.
	Copy(ctx context.Context, twin order.Upload, id string) error
	// Lead returns the info of a final upload with the progress that its first
	// part gives it. After the info is written, Follow moves the content.
	Lead(final, first Info) Info
	Follow(final, first Info) error
}

// Small is a small upload whose content is not durable yet.
type Small interface {
	// Info describes the upload as whole.
	Info() Info
	// Sync makes the content durable. The name becomes durable by Flush.
	Sync() error
	// Close frees what only Sync needs.
	Close()
}

// Housekeeping opens, checks and tidies a store.
type Housekeeping interface {
	// Remote reports whether other servers may use the store at the same time. To
	// ask it takes a network's time.
	Remote() bool
	// Owner returns the owner of the content. Content without an owner becomes
	// mine.
	Owner(mine string) (string, error)
	// Recover removes interrupted writes and lists the unfinished uploads. A
	// remote store removes nothing, because another server may be writing.
	Recover(ctx context.Context) ([]Found, error)
	// Restore brings content and info of an unfinished upload into agreement after
	// a crash. It uses commit as Append does.
	Restore(in Info, commit func(Info) error) (Info, error)
	// Mend returns the info with its offset taken back to the bytes that are
	// stored, when some are missing. It changes nothing in the store.
	Mend(in Info) (Info, error)
	// Frees returns how many bytes it gives back to remove an upload.
	Frees(in Info) int64
	// Leftovers yields what was written before a time and may belong to no upload.
	// It continues after an error where it can.
	Leftovers(ctx context.Context, before time.Time) iter.Seq2[Leftover, error]
	// Ready returns what keeps content from being stored.
	Ready(reserve int64) error
	// Space returns how many bytes can still be stored.
	Space() (int64, error)
	// Close ends every wait for the store. Nothing else is called afterwards.
	Close()
}

// Found is an upload that the last run left.
type Found struct {
	ID string
	// Orphan means that there is content without an info.
	Orphan bool
}

// Leftover is a file or an object that may belong to no upload.
type Leftover struct {
	ID string // "" for what never belongs to an upload and does not count
	// Content means that a record in the ledger is reason enough to keep it.
	Content bool
	// Info means that it is of no use once the ledger has a record.
	Info bool
	// NeededBy reports whether the upload needs it; nil when no upload does.
	NeededBy func(Info) bool
	// Frees returns how many bytes Remove gives back.
	Frees func() int64
	// Remove deletes it. The caller holds the lock of the upload.
	Remove func() error
}

// Sharer is a store that can keep equal content once.
type Sharer interface {
	// Share makes the content of u that of its twin, once both have been compared,
	// and returns how many bytes that freed.
	Share(ctx context.Context, u, twin order.Upload) (freed int64, err error)
}

// Addresser is a store that clients can read from without the server.
type Addresser interface {
	// Address returns where anybody can read the content for some time, with these
	// headers. It returns fs.ErrNotExist when there is no content.
	Address(ctx context.Context, id, contentType, disposition string, valid time.Duration) (string, error)
}
