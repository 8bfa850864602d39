package receive

import (
	"errors"
	"fmt"
	"io"

	"handover/backend/internal/upload/content"
)

// Upload is one upload during one request or one assembly, which holds its lock.
type Upload struct {
	r     *Receiver
	Info  content.Info // the durable state
	fresh bool         // no info is stored
}

// Receive appends the bytes of src and returns how many are durable, also with an
// error. A fresh upload is received as a whole or not at all.
func (u *Upload) Receive(src io.Reader) (int64, error) {
	start := u.Info.Offset
	receive := u.Append
	if u.fresh {
		receive = u.take
	}
	if err := receive(src); err != nil {
		return u.Info.Offset - start, fmt.Errorf("append to upload %s: %w", u.Info.ID, err)
	}
	return u.Info.Offset - start, nil
}

func (u *Upload) take(src io.Reader) error {
	in, err := u.r.Writer.Take(u.r.Closing, u.Info, src)
	if err != nil {
		return err
	}
	u.Info = in
	return nil
}

// Append appends the bytes of src to an existing upload. With an error, the bytes
// below the offset of Info are durable nevertheless.
func (u *Upload) Append(src io.Reader) error {
	return u.advance(func(commit func(content.Info) error) (content.Info, error) {
		return u.r.Writer.Append(u.r.Closing, u.Info, src, commit)
	})
}

// Seal completes an upload whose bytes are all stored, so that its content can be
// opened. A complete upload stays as it is.
func (u *Upload) Seal() error {
	if u.Info.Object == nil && (u.Info.SHA256 != "" || u.Info.Partial) {
		return nil
	}
	return u.advance(func(commit func(content.Info) error) (content.Info, error) {
		return u.r.Writer.Seal(u.Info, commit)
	})
}

// advance calls add and adopts the state that add reached. A state that completes
// the upload without a commit counts only while the lock is held. advance removes
// an upload that the store has lost.
func (u *Upload) advance(add func(commit func(content.Info) error) (content.Info, error)) error {
	committed, whole := u.Info, false
	in, err := add(func(in content.Info) error {
		if err := u.r.Catalog.Save(in); err != nil {
			return err
		}
		committed, whole = in, in.Whole()
		return nil
	})
	u.Info = in
	if errors.Is(err, content.ErrLost) {
		return errors.Join(err, u.r.Catalog.Erase(in.ID))
	}
	if err != nil || !in.Whole() || whole {
		return err
	}
	if err := u.r.Catalog.Locks.CheckRequest(in.ID); err != nil {
		u.Info = committed
		return err
	}
	return nil
}
