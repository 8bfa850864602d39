package upload

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// shareAtOnce is up to which size the content of an upload is compared with
// content that is there already before the upload is answered. Larger content is
// compared by the janitor.
const shareAtOnce = 64 << 20

// twinOf looks for finished content of the seller with this digest, so that a
// file that is here already need not be sent. It never looks at the content of
// others: whether they have a file is nobody's business.
func (s *Service) twinOf(ctx context.Context, seller, digest string, size int64) (*order.Upload, error) {
	if digest == "" {
		return nil, nil
	}
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != digest {
		return nil, badMetadata("the value of sha256 is no SHA-256 in lower-case hex")
	}
	u, err := s.Ledger.UploadWith(ctx, seller, digest, size, "")
	if content.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for content to use again: %w", err)
	}
	if there, err := s.reader.Size(u.ID); err != nil || there != size {
		return nil, err
	}
	return &u, nil
}

// reuse gives a new upload the content of another. It reports false when that is
// not possible; the content is then sent as usual.
func (s *Service) reuse(ctx context.Context, in content.Info, twin order.Upload) (content.Info, bool) {
	err := s.writer.Copy(ctx, twin, in.ID)
	var head []byte
	if err == nil {
		head, err = s.head(ctx, in.ID)
	}
	if err != nil {
		s.Log.WarnContext(ctx, "content that is here is sent again", "upload", twin.ID, "error", err)
		return in, false
	}
	in.Offset, in.SHA256, in.CRC32 = in.Size, twin.SHA256, twin.CRC32
	in.Type, in.FinishedAt = content.TypeOf(head, in.Path), s.Now().UTC()
	return in, true
}

// head reads what tells the type of content.
func (s *Service) head(ctx context.Context, id string) ([]byte, error) {
	stored, err := s.reader.Open(ctx, id)
	if err != nil {
		return nil, err
	}
	defer stored.Close()
	head := make([]byte, content.SniffLen)
	n, err := io.ReadFull(stored, head)
	return head[:n], content.ReadError(err)
}

// share keeps content once that the seller has already, where the store can, and
// returns how many bytes that freed.
func (s *Service) share(ctx context.Context, u order.Upload) (freed int64, err error) {
	sharer, ok := s.writer.(content.Sharer)
	if !ok || u.Size == 0 {
		return 0, nil
	}
	twin, err := s.Ledger.UploadWith(ctx, u.SellerID, u.SHA256, u.Size, u.ID)
	if content.IsNotFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look for the content of upload %s: %w", u.ID, err)
	}
	return sharer.Share(ctx, u, twin)
}
