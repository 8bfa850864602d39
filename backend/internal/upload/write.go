package upload

import (
	"context"
	"fmt"
	"io"
	"time"
)

const (
	// writePiece is the largest of what Linux keeps at hand for each processor
	// (PAGE_ALLOC_COSTLY_ORDER).
	writePiece = 32 << 10
	// freshLimit is how large an upload may be that is created with all of its
	// content and of which nothing is kept when the request fails.
	freshLimit = 8 << 20
	// writebackStep is how much is written before the kernel is told to start
	// moving it to the disk.
	writebackStep = 8 << 20
	// A long transfer makes its offset durable every so often, so that a crash
	// costs the client at most this much to send again. The time is looked at
	// when a buffer is full.
	checkpointBytes    = 64 << 20
	checkpointInterval = 15 * time.Second
)

// WriteChunk appends what src yields and returns how much of that is durable. It
// also does so when the request is cut off, because a HEAD acknowledges these
// bytes (tus 1.0, "HEAD").
func (u *stored) WriteChunk(ctx context.Context, _ int64, src io.Reader) (int64, error) {
	exchangeOf(ctx).markSettled()
	start := u.in.Offset
	receive := u.s.media.append
	if u.fresh {
		receive = u.s.media.take
	}
	err := receive(u, src)
	if err != nil {
		err = u.s.refusal(ctx, fmt.Errorf("append to upload %s: %w", u.in.ID, err))
	}
	return u.in.Offset - start, err
}
