package bucket

import (
	"errors"
	"fmt"
	"io"

	"handover/backend/internal/upload/bucket/objects"
	"handover/backend/internal/upload/content"
)

// complete makes an object of an upload whose bytes are all in parts. The object may
// exist already, when the answer to an earlier request was lost.
func (b *Store) complete(u *run) error {
	o := u.in.Object
	if o == nil || !u.in.Whole() {
		return nil
	}
	err := b.objects.CompleteMultipart(contentOf(u.in.ID), o.UploadID, o.Parts)
	size, serr := b.Size(u.in.ID)
	switch {
	case serr != nil:
		return errors.Join(err, serr)
	case size != u.in.Size && err != nil:
		return markLost(err)
	case size != u.in.Size:
		return markLost(fmt.Errorf("%w: the object has %d bytes of %d", content.ErrDamaged, size, u.in.Size))
	}
	in := u.in
	in.Object = nil
	if in.Partial {
		if err := u.commit(in); err != nil {
			return err
		}
	}
	u.in = in
	return nil
}

// lostError is an error that is also [content.ErrLost].
type lostError struct{ error }

func (e lostError) Unwrap() error { return e.error }

func (lostError) Is(target error) bool { return target == content.ErrLost }

// markLost marks an error as [content.ErrLost] when the upload can never be complete:
// the service has lost some of its bytes or ended the multipart upload. The client
// sends the file again.
func markLost(err error) error {
	if objects.UploadGone(err) {
		err = fmt.Errorf("%w: the storage has lost it: %s", content.ErrDamaged, err.Error())
	}
	if errors.Is(err, content.ErrDamaged) {
		return lostError{err}
	}
	return err
}

// Seal implements [content.Writer].
func (b *Store) Seal(in content.Info, commit func(content.Info) error) (content.Info, error) {
	u := &run{in: in, commit: commit}
	if err := b.complete(u); err != nil || u.in.Partial || u.in.SHA256 != "" {
		return u.in, err
	}
	if u.in.Size > 0 {
		return u.in, markLost(fmt.Errorf("%w: its digest is not known", content.ErrDamaged))
	}
	if err := b.objects.Put(contentOf(u.in.ID), emptyContent{}, 0); err != nil {
		return u.in, err
	}
	u.in.Complete(content.NewDigest(), content.OctetStream, b.Now())
	return u.in, nil
}

// emptyContent is the content of an empty file.
type emptyContent struct{}

func (emptyContent) Read([]byte) (int, error)       { return 0, io.EOF }
func (emptyContent) Seek(int64, int) (int64, error) { return 0, nil }
