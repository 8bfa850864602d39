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

// linkExt names a link that is about to take the place of content.
const linkExt = ".data.tmp"

// Share implements [content.Sharer]: the content of u becomes a hard link to that
// of its twin. Where the file system has no links, both stay.
func (d *Store) Share(ctx context.Context, u, twin order.Upload) (freed int64, err error) {
	d.sharing.Lock() // two uploads must not each become a link to the other
	defer d.sharing.Unlock()
	mine, theirs := d.name(u.ID, dataExt), d.name(twin.ID, dataExt)
	same, err := d.sameContent(ctx, mine, theirs)
	if err != nil || same != apart {
		return 0, err
	}
	link := d.name(u.ID, linkExt)
	if d.Link(theirs, link) != nil {
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

func (d *Store) sameContent(ctx context.Context, one, other string) (likeness, error) {
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

// Copy implements [content.Writer]: as a link, or as a copy where there are no links.
func (d *Store) Copy(ctx context.Context, twin order.Upload, id string) error {
	from, to := d.name(twin.ID, dataExt), d.name(id, dataExt)
	if d.Link(from, to) == nil {
		return nil
	}
	return d.copyContent(ctx, from, to, twin.SHA256)
}

// copyContent makes a durable copy and checks that it has the digest. It leaves
// nothing behind when it fails.
func (d *Store) copyContent(ctx context.Context, from, to, digest string) (err error) {
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
	if _, err := d.buffers.Copy(ctx, io.MultiWriter(dst, h), src); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != digest {
		return fmt.Errorf("%w: the content has another digest than its record", content.ErrDamaged)
	}
	return syncData(dst)
}

// equal compares what two readers of the same length yield.
func (d *Store) equal(ctx context.Context, a, b io.Reader) (bool, error) {
	x, y := d.buffers.Get(), d.buffers.Get()
	defer d.buffers.Put(x)
	defer d.buffers.Put(y)
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

// Adopt implements [content.Writer]. It writes to another name first, so that a part
// of the content is never taken for all of it.
func (d *Store) Adopt(ctx context.Context, u order.Upload, src io.Reader) (err error) {
	beside := d.name(u.ID, linkExt)
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove(beside))
		}
	}()
	h := sha256.New()
	// A byte more than there should be tells that there are more.
	n, err := d.buffers.Copy(ctx, io.MultiWriter(f, h), io.LimitReader(src, u.Size+1))
	if err == nil {
		err = content.AsRecorded(u, n, h.Sum(nil))
	}
	if err == nil {
		err = syncData(f)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := rename(beside, d.name(u.ID, dataExt)); err != nil {
		return err
	}
	return syncDir(d.Dir)
}
