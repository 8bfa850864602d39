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

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// linkExt names a link that is about to take the place of content.
const linkExt = ".data.tmp"

// share keeps content that the seller has already only once: the upload's
// becomes a link to that of another upload, after both have been compared. It
// returns how many bytes that freed. Where the folder's file system has no
// links, both stay.
func (d *folder) share(ctx context.Context, u order.Upload) (freed int64, err error) {
	if u.Size == 0 {
		return 0, nil
	}
	d.sharing.Lock() // two uploads must not each become a link to the other
	defer d.sharing.Unlock()
	twin, err := d.s.Ledger.UploadWith(ctx, u.SellerID, u.SHA256, u.Size, u.ID)
	if content.IsNotFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look for the content of upload %s: %w", u.ID, err)
	}
	mine, theirs := d.name(u.ID, dataExt), d.name(twin.ID, dataExt)
	same, err := d.sameContent(ctx, mine, theirs)
	if err != nil || same != apart {
		return 0, err
	}
	link := d.name(u.ID, linkExt)
	if d.link(theirs, link) != nil {
		return 0, nil
	}
	// A crash may bring the old name back. Both are as good.
	if err := rename(link, mine); err != nil {
		return 0, errors.Join(fmt.Errorf("share the content of upload %s: %w", u.ID, err), remove(link))
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

func (d *folder) sameContent(ctx context.Context, one, other string) (likeness, error) {
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
	equal, err := d.equal(ctx, a, b)
	if err != nil || !equal {
		return different, err
	}
	return apart, nil
}

// copy implements [medium]: as a link, or as a copy where there are no links.
func (d *folder) copy(ctx context.Context, twin order.Upload, id string) error {
	from, to := d.name(twin.ID, dataExt), d.name(id, dataExt)
	if d.link(from, to) == nil {
		return nil
	}
	return d.copyContent(ctx, from, to, twin.SHA256)
}

// copyContent makes a durable copy and checks that it has the digest. It leaves
// nothing behind when it fails.
func (d *folder) copyContent(ctx context.Context, from, to, digest string) (err error) {
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
			err = errors.Join(err, remove(to))
		}
	}()
	h := sha256.New()
	if _, err := d.s.buffers.Copy(ctx, io.MultiWriter(dst, h), src); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != digest {
		return fmt.Errorf("%w: the content has another digest than its record", content.ErrDamaged)
	}
	return syncData(dst)
}

// equal compares what two readers of the same length yield.
func (d *folder) equal(ctx context.Context, a, b io.Reader) (bool, error) {
	x, y := d.s.buffers.Get(), d.s.buffers.Get()
	defer d.s.buffers.Put(x)
	defer d.s.buffers.Put(y)
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, aerr := io.ReadFull(a, *x)
		m, berr := io.ReadFull(b, *y)
		if err := errors.Join(content.ReadError(aerr), content.ReadError(berr)); err != nil {
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
