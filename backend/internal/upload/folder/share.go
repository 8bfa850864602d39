package folder

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

// linkExt is the extension of a file that will replace content.
const linkExt = ".data.tmp"

// Share implements [content.Sharer]: the content of u becomes a hard link to the content
// of its twin. On a file system without links, both stay.
func (d *Store) Share(ctx context.Context, u, twin order.Upload) (freed int64, err error) {
	d.sharing.Lock() // two uploads must not each become a link to the other
	defer d.sharing.Unlock()
	mine, theirs := d.name(u.ID, dataExt), d.name(twin.ID, dataExt)
	same, err := sameContent(ctx, &d.buffers, mine, theirs)
	if err != nil || same != apart {
		return 0, err
	}
	link := d.name(u.ID, linkExt)
	if d.Link(theirs, link) != nil {
		return 0, nil
	}
	// A crash may restore the old file, which is just as good.
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

func sameContent(ctx context.Context, buffers *content.Buffers, one, other string) (likeness, error) {
	a, err := os.Open(one)
	if err != nil {
		return different, err
	}
	defer a.Close()
	b, err := os.Open(other)
	if errors.Is(err, os.ErrNotExist) {
		return different, nil // the integrity check reports it
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
	equal, err := equal(ctx, buffers, a, b)
	if err != nil || !equal {
		return different, err
	}
	return apart, nil
}

// Copy implements [content.Writer] with a link, or with a copy on a file system without
// links.
func (d *Store) Copy(ctx context.Context, twin order.Upload, id string) error {
	from, to := d.name(twin.ID, dataExt), d.name(id, dataExt)
	if d.Link(from, to) == nil {
		return nil
	}
	return copyContent(ctx, &d.buffers, from, to, twin.SHA256)
}

// copyContent makes a durable copy and checks its digest. It removes a failed copy.
func copyContent(ctx context.Context, buffers *content.Buffers, from, to, digest string) (err error) {
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
	if _, err := buffers.Copy(ctx, io.MultiWriter(dst, h), src); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != digest {
		return fmt.Errorf("%w: the content has another digest than its record", content.ErrDamaged)
	}
	return syncData(dst)
}

// equal compares two readers of the same length.
func equal(ctx context.Context, buffers *content.Buffers, a, b io.Reader) (bool, error) {
	x, y := buffers.Get(), buffers.Get()
	defer buffers.Put(x)
	defer buffers.Put(y)
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

// Adopt implements [content.Writer]. It first writes to another name, so that incomplete
// content never has the final name.
func (d *Store) Adopt(ctx context.Context, u order.Upload, src io.Reader) (err error) {
	temp := d.name(u.ID, linkExt)
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove(temp))
		}
	}()
	if err := errors.Join(writeAdopted(ctx, &d.buffers, f, u, src), f.Close()); err != nil {
		return err
	}
	if err := rename(temp, d.name(u.ID, dataExt)); err != nil {
		return err
	}
	return syncDir(d.Dir)
}

// writeAdopted writes the content to f, compares it with the record and syncs it.
func writeAdopted(ctx context.Context, buffers *content.Buffers, f *os.File, u order.Upload, src io.Reader) error {
	h := sha256.New()
	// One more byte than the record has is enough to detect longer content.
	n, err := buffers.Copy(ctx, io.MultiWriter(f, h), io.LimitReader(src, u.Size+1))
	if err != nil {
		return err
	}
	if err := content.AsRecorded(u, n, h.Sum(nil)); err != nil {
		return err
	}
	return syncData(f)
}
