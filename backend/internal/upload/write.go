package upload

import (
	"context"
	"errors"
	"fmt"
	"handover/backend/internal/upload/content"
	"io"
)

const (
	// freshLimit is how large an upload may be that is created with all of its
	// content and of which nothing is kept when the request fails.
	freshLimit = 8 << 20
)

// WriteChunk appends what src yields and returns how much of that is durable. It
// also does so when the request is cut off, because a HEAD acknowledges these
// bytes (tus 1.0, "HEAD").
func (u *stored) WriteChunk(ctx context.Context, _ int64, src io.Reader) (int64, error) {
	stateOf(ctx).markSettled()
	start := u.in.Offset
	receive := u.append
	if u.fresh {
		receive = u.take
	}
	err := receive(src)
	if err != nil {
		err = u.s.refusal(ctx, fmt.Errorf("append to upload %s: %w", u.in.ID, err))
	}
	return u.in.Offset - start, err
}

// take receives the whole of a new upload.
func (u *stored) take(src io.Reader) error {
	in, err := u.s.writer.Take(u.s.closing, u.in, src)
	if err != nil {
		return err
	}
	u.in = in
	return nil
}

func (u *stored) append(src io.Reader) error {
	return u.advance(func(commit func(content.Info) error) (content.Info, error) {
		return u.s.writer.Append(u.s.closing, u.in, src, commit)
	})
}

// advance lets the store add to the upload, and takes over where it then stands. A
// whole upload that the store did not commit is only taken over under its lock. A
// lost upload is removed.
func (u *stored) advance(add func(commit func(content.Info) error) (content.Info, error)) error {
	committed, whole := u.in, false
	in, err := add(func(in content.Info) error {
		if err := u.s.save(in); err != nil {
			return err
		}
		committed, whole = in, in.Whole()
		return nil
	})
	if err == nil && in.Whole() && !whole {
		if err = u.s.locker.shared.check(in.ID); err != nil {
			in = committed
		}
	}
	u.in = in
	if errors.Is(err, content.ErrLost) {
		err = errors.Join(err, u.s.erase(in.ID))
	}
	return err
}
