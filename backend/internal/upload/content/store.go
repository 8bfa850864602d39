package content

import (
	"context"
	"io"
	"iter"
	"time"

	"handover/backend/order"
)

// A store of content implements the four interfaces below. A change is durable when a
// method returns, unless the method says otherwise. IDs are valid. The caller holds the
// lock of an upload that changes, except for a new upload whose ID no client knows.

// Infos keeps the infos of unfinished uploads.
type Infos interface {
	// Read returns fs.ErrNotExist when the upload has no info, and [ErrDamaged] when
	// the info is invalid.
	Read(id string) (Info, error)
	// Write replaces an info as a whole.
	Write(in Info) error
	// MarkDone marks an upload that the ledger has. The mark only saves work, so it
	// need not be durable.
	MarkDone(in Info) error
	// Remove deletes the info and the content. It returns nil for a missing upload.
	Remove(id string) error
}

// Reader reads content.
type Reader interface {
	// Open returns fs.ErrNotExist for missing content. The caller closes the reader.
	Open(ctx context.Context, id string) (io.ReadSeekCloser, error)
	// Size returns 0 for missing content.
	Size(id string) (int64, error)
	// Holds reports whether the store has content of the record's size.
	Holds(u order.Upload) (bool, error)
}

// Writer stores content.
type Writer interface {
	// Append appends the bytes of src and returns the durable state of the upload,
	// also with an error. It calls commit to store the info, from one goroutine at a
	// time. It may return a complete upload without a commit, because the caller
	// records it in the ledger. ctx ends only the wait for room, with [ErrClosing].
	// The error is [ErrLost] when the upload can never be complete.
	Append(ctx context.Context, in Info, src io.Reader, commit func(Info) error) (Info, error)
	// Take stores the content of a new upload as a whole or not at all. It returns
	// [ErrIncomplete] when src ends too early, and [ErrClosing] like Append.
	Take(ctx context.Context, in Info, src io.Reader) (Info, error)
	// Keep stores the content of a small new upload. Its Sync makes it durable.
	Keep(in Info, data []byte) (Small, error)
	// Seal completes an upload whose bytes are all stored: its content can then be
	// opened, and its SHA256 is set unless it is a part. It uses commit and returns
	// [ErrLost] like Append.
	Seal(in Info, commit func(Info) error) (Info, error)
	// Flush makes the names of new content durable.
	Flush() error
	// RemoveContent deletes content that never became an upload. It returns nil for
	// missing content.
	RemoveContent(id string) error
	// Adopt stores content that equals its record. Otherwise it stores nothing and
	// returns [ErrDamaged].
	Adopt(ctx context.Context, u order.Upload, src io.Reader) error
	// Copy gives a new upload the content of another.
	Copy(ctx context.Context, twin order.Upload, id string) error
	// Lead returns the info of a final upload with the progress that it takes over from
	// its first part. After the info is written, Follow moves the content.
	Lead(final, first Info) Info
	Follow(final, first Info) error
}

// Small is a small upload whose content is not durable yet.
type Small interface {
	// Info describes the upload as whole.
	Info() Info
	// Sync makes the content durable. Flush makes the name durable.
	Sync() error
	// Close frees the resources of Sync.
	Close()
}

// Housekeeping checks and tidies a store.
type Housekeeping interface {
	// Remote reports whether other servers may use the store at the same time. Its
	// requests then go over a network.
	Remote() bool
	// Owner returns the owner of the content. Content without an owner becomes
	// mine.
	Owner(mine string) (string, error)
	// Recover removes interrupted writes and lists the unfinished uploads. A
	// remote store removes nothing, because another server may be writing.
	Recover(ctx context.Context) ([]Found, error)
	// Restore makes the content and the info of an unfinished upload agree after a
	// crash. It uses commit like Append.
	Restore(in Info, commit func(Info) error) (Info, error)
	// Mend returns the info with the offset reduced to the stored bytes, when bytes are
	// missing. It does not change the store.
	Mend(in Info) (Info, error)
	// Frees returns how many bytes the removal of an upload frees.
	Frees(in Info) int64
	// Leftovers yields files and objects that were written before a time and may
	// belong to no upload. It continues after an error where it can.
	Leftovers(ctx context.Context, before time.Time) iter.Seq2[Leftover, error]
	// Ready returns nil when content can be stored and more than reserve bytes are
	// free, where the store knows that.
	Ready(reserve int64) error
	// Space returns how many bytes can still be stored.
	Space() (int64, error)
	// Close ends every wait for the store. It is the last call.
	Close()
}

// Found is an unfinished upload of the last run.
type Found struct {
	ID string
	// Orphan means content without an info.
	Orphan bool
}

// Leftover is a file or an object that may belong to no upload.
type Leftover struct {
	ID string // "" for a file that never belongs to an upload; Swept does not count it
	// Content means that it stays when the ledger has the upload.
	Content bool
	// Info means that it is useless once the ledger has the upload.
	Info bool
	// NeededBy reports whether the upload needs it; nil when no upload does.
	NeededBy func(Info) bool
	// Frees returns how many bytes Remove frees.
	Frees func() int64
	// Remove deletes it. The caller holds the lock of the upload.
	Remove func() error
}

// Sharer is a store that can store equal content once.
type Sharer interface {
	// Share compares the content of u with that of its twin. When they are equal, it
	// stores them once and returns how many bytes that freed.
	Share(ctx context.Context, u, twin order.Upload) (freed int64, err error)
}

// Addresser is a store that clients can read from without the server.
type Addresser interface {
	// Address returns an address at which anyone can read the content with these
	// headers, while it is valid. It returns fs.ErrNotExist for missing content.
	Address(ctx context.Context, id, contentType, disposition string, valid time.Duration) (string, error)
}
