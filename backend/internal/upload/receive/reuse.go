package receive

import (
	"context"
	"fmt"
	"io"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// ShareAtOnce is the largest content, in bytes, that is compared with equal content
// before the request is answered. The janitor compares larger content.
const ShareAtOnce = 64 << 20

// Twin returns finished content of the seller with this SHA-256, so that the client
// need not send the file, or nil. It never searches the content of other sellers:
// the answer would reveal their files.
func (r *Receiver) Twin(ctx context.Context, seller, digest string, size int64) (*order.Upload, error) {
	u, err := r.Ledger.UploadWith(ctx, seller, digest, size, "")
	if content.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("search for content to reuse: %w", err)
	}
	if stored, err := r.Reader.Size(u.ID); err != nil || stored != size {
		return nil, err
	}
	return &u, nil
}

// Reuse gives a new upload the content of its twin. It reports false when that
// fails; the client then sends the content as usual.
func (r *Receiver) Reuse(ctx context.Context, in content.Info, twin order.Upload) (content.Info, bool) {
	head, err := r.copy(ctx, twin, in.ID)
	if err != nil {
		r.Log.WarnContext(ctx, "cannot reuse stored content; the client sends it again", "upload", twin.ID, "error", err)
		return in, false
	}
	in.Offset, in.SHA256, in.CRC32 = in.Size, twin.SHA256, twin.CRC32
	in.Type, in.FinishedAt = content.TypeOf(head, in.Path), r.Now().UTC()
	return in, true
}

// copy copies the content of twin and returns its first bytes, which tell its type.
func (r *Receiver) copy(ctx context.Context, twin order.Upload, id string) ([]byte, error) {
	if err := r.Writer.Copy(ctx, twin, id); err != nil {
		return nil, err
	}
	stored, err := r.Reader.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	defer stored.Close()
	head := make([]byte, content.SniffLen)
	n, err := io.ReadFull(stored, head)
	return head[:n], content.ReadError(err)
}

// Share stores equal content of a seller once, where the store can do that, and
// returns how many bytes that freed.
func (r *Receiver) Share(ctx context.Context, u order.Upload) (freed int64, err error) {
	sharer, ok := r.Writer.(content.Sharer)
	if !ok || u.Size == 0 {
		return 0, nil
	}
	twin, err := r.Ledger.UploadWith(ctx, u.SellerID, u.SHA256, u.Size, u.ID)
	if content.IsNotFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("search for the content of upload %s: %w", u.ID, err)
	}
	return sharer.Share(ctx, u, twin)
}
