package upload

import (
	"context"
	"io"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// medium is where content is kept, and the infos of uploads that are not
// finished: a folder or a bucket. What it has stored is durable when a method
// returns. IDs are valid before they get here, and but for a new upload, whose ID
// nobody knows, their locks are held where something changes.
//
// It is larger than interfaces here are, because it is one thing: whoever keeps
// content has to keep all of these promises together.
type medium interface {
	// owner returns whose content this is: mine, when it was nobody's.
	owner(mine string) (string, error)
	// recover brings into order what the last run left, and counts the open
	// uploads.
	recover(ctx context.Context) error
	// survey counts the open uploads anew where other servers may have changed
	// them, and look does so with one, which it returns if it is there.
	survey(ctx context.Context) error
	look(ctx context.Context, id string) (content.Info, bool)
	// close ends what still waits for the medium; nothing else is called then.
	close()
	// ready returns what keeps content from being stored.
	ready(reserve int64) error
	// space returns how many bytes can still be stored.
	space() (int64, error)

	// read returns an error that is fs.ErrNotExist when there is no info of the
	// upload, and one that is errDamaged when it makes no sense.
	read(id string) (content.Info, error)
	// write replaces an info as a whole.
	write(in content.Info) error
	// markDone notes that the ledger has the upload; not durably, since nothing
	// depends on it.
	markDone(in content.Info) error
	// remove deletes all of an upload, which need not be there.
	remove(id string) error
	// mend takes an upload back to what is there of it.
	mend(in content.Info) (content.Info, error)

	// append adds what src yields, as far as it gets, and notes in u and its info
	// up to where that is durable.
	append(u *stored, src io.Reader) error
	// take receives the whole of a new upload, or nothing.
	take(u *stored, src io.Reader) error
	// keep receives a small one, which is durable after settle.
	keep(in content.Info, data []byte) (taken, error)
	settle(t taken) error
	// seal completes an upload all of whose bytes are there, so that its content
	// can be opened and its SHA256 is known.
	seal(u *stored) error
	// flush makes durable that new uploads are there.
	flush() error
	// removeContent deletes content that never became an upload, if there is any.
	removeContent(id string) error

	// lead says in the info of a final upload what it begins with; once that is
	// written, follow does it.
	lead(final *content.Info, first content.Info)
	follow(final, first content.Info) error

	// finished returns nil when the upload is, or an error with the code
	// order.NotFound.
	finished(ctx context.Context, id string) error
	// open opens content for reading, or returns an error that is
	// fs.ErrNotExist.
	open(ctx context.Context, id string) (io.ReadSeekCloser, error)
	// size is 0 when there is no content yet.
	size(id string) (int64, error)
	// holds reports whether there is content of the record's size.
	holds(u order.Upload) (bool, error)
	// adopt stores content that has been compared with its record.
	adopt(ctx context.Context, u order.Upload, src io.Reader) error
	// copy gives a new upload the content of another.
	copy(ctx context.Context, twin order.Upload, id string) error

	// share keeps content once that the seller has already, and returns how many
	// bytes that freed.
	share(ctx context.Context, u order.Upload) (freed int64, err error)
	// frees returns how many bytes removing an upload gives back.
	frees(in content.Info) int64
	// leftovers removes what is old and belongs to no upload.
	leftovers(ctx context.Context, w *sweep) error
}
