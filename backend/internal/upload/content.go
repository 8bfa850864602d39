package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"handover/backend/order"
)

// shareAtOnce is up to which size the content of an upload is compared with
// content that is there already before the upload is answered. Larger content is
// compared by the janitor.
const shareAtOnce = 64 << 20

// linkExt names a link that is about to take the place of content.
const linkExt = ".data.tmp"

// share keeps content that the seller has already only once: the upload's
// becomes a link to that of another upload, after both have been compared. It
// returns how many bytes that freed. Where the folder's file system has no
// links, both stay.
func (s *Service) share(ctx context.Context, u order.Upload) (freed int64, err error) {
	if u.Size == 0 {
		return 0, nil
	}
	s.sharing.Lock() // two uploads must not each become a link to the other
	defer s.sharing.Unlock()
	twin, err := s.Ledger.UploadWith(ctx, u.SellerID, u.SHA256, u.Size, u.ID)
	if isNotFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look for the content of upload %s: %w", u.ID, err)
	}
	mine, theirs := s.folder.name(u.ID, dataExt), s.folder.name(twin.ID, dataExt)
	same, err := s.sameContent(ctx, mine, theirs)
	if err != nil || same != apart {
		return 0, err
	}
	link := s.folder.name(u.ID, linkExt)
	if s.link(theirs, link) != nil {
		return 0, nil
	}
	// A crash may bring the old name back. Both are as good.
	if err := os.Rename(link, mine); err != nil {
		return 0, errors.Join(fmt.Errorf("share the content of upload %s: %w", u.ID, err), os.Remove(link))
	}
	return u.Size, nil
}

// likeness is how two files relate.
type likeness int

const (
	different likeness = iota
	apart              // the same bytes, stored twice
	linked             // one file with two names
)

func (s *Service) sameContent(ctx context.Context, one, other string) (likeness, error) {
	a, err := os.Open(one)
	if err != nil {
		return different, err
	}
	defer a.Close()
	b, err := os.Open(other)
	if errors.Is(err, os.ErrNotExist) {
		return different, nil // the check for damage reports it
	}
	if err != nil {
		return different, err
	}
	defer b.Close()
	as, err := a.Stat()
	if err != nil {
		return different, err
	}
	bs, err := b.Stat()
	switch {
	case err != nil:
		return different, err
	case os.SameFile(as, bs):
		return linked, nil
	case as.Size() != bs.Size():
		return different, nil
	}
	equal, err := s.equal(ctx, a, b)
	if err != nil || !equal {
		return different, err
	}
	return apart, nil
}

// equal compares what two readers of the same length yield.
func (s *Service) equal(ctx context.Context, a, b io.Reader) (bool, error) {
	x, y := s.buffers.Get().(*[]byte), s.buffers.Get().(*[]byte)
	defer s.buffers.Put(x)
	defer s.buffers.Put(y)
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, aerr := io.ReadFull(a, *x)
		m, berr := io.ReadFull(b, *y)
		if err := errors.Join(readError(aerr), readError(berr)); err != nil {
			return false, err
		}
		if !bytes.Equal((*x)[:n], (*y)[:m]) {
			return false, nil
		}
		if aerr != nil {
			return true, nil
		}
	}
}

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
	if isNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for content to use again: %w", err)
	}
	if there, err := s.folder.dataSize(u.ID); err != nil || there != size {
		return nil, err
	}
	return &u, nil
}

// reuse gives a new upload the content of another: as a link, or as a copy where
// there are no links. It reports false when that is not possible; the content is
// then sent as usual.
func (s *Service) reuse(ctx context.Context, in info, twin order.Upload) (info, bool) {
	from, to := s.folder.name(twin.ID, dataExt), s.folder.name(in.ID, dataExt)
	err := s.link(from, to)
	if err != nil {
		err = s.copyContent(ctx, from, to, twin.SHA256)
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(to)
	}
	if err != nil {
		s.Log.WarnContext(ctx, "content that is here is sent again", "upload", twin.ID, "error", err)
		return in, false
	}
	defer f.Close()
	in.Offset, in.SHA256 = in.Size, twin.SHA256
	in.Type, in.FinishedAt = detectType(f, in.Path), s.Now().UTC()
	return in, true
}

// copyContent makes a durable copy and checks that it has the digest. It leaves
// nothing behind when it fails.
func (s *Service) copyContent(ctx context.Context, from, to, digest string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if dst.Close(); err != nil {
			err = errors.Join(err, os.Remove(to))
		}
	}()
	h := sha256.New()
	if _, err := s.copy(ctx, io.MultiWriter(dst, h), src); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != digest {
		return fmt.Errorf("%w: the content has another digest than its record", errDamaged)
	}
	return syncData(dst)
}
