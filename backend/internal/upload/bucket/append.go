package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"handover/backend/internal/upload/bucket/objects"
	"handover/backend/internal/upload/content"
)

// appending is one run of Append. It receives content into a spool and sends a full
// spool as a part. The bytes of the last, incomplete spool become the tail.
type appending struct {
	ctx   context.Context // of waits for room
	b     *Store
	u     *run         // the stored info
	in    content.Info // the info of the next commit
	hash  *content.Digest
	pos   int64  // received bytes of the upload
	base  int64  // offset of the spool in the upload
	spool *spool // nil between parts
	// next is the number of the next part. The stored info reserves the numbers below
	// limit for this run. Another server that continues from the info uses higher
	// numbers, so that a late part of this run cannot replace its parts.
	next, limit int32

	parts  []*partSent // being sent, in their order
	failed error       // of a part; it makes all later parts useless
	spent  []string    // objects that the next info no longer names
}

// run is one upload while content is added to it. in is its durable state.
type run struct {
	in     content.Info
	commit func(content.Info) error
}

// Append implements [content.Writer].
func (b *Store) Append(ctx context.Context, in content.Info, src io.Reader, commit func(content.Info) error) (content.Info, error) {
	u := &run{in: in, commit: commit}
	a, err := b.resume(ctx, u)
	if err != nil {
		return u.in, markLost(err)
	}
	err = a.receive(src)
	return u.in, markLost(errors.Join(err, a.end()))
}

// resume continues at the offset of the info.
func (b *Store) resume(ctx context.Context, u *run) (*appending, error) {
	a := &appending{ctx: ctx, b: b, u: u, in: u.in, hash: content.NewDigest(), pos: u.in.Offset}
	if a.in.Object == nil {
		a.in.Object = &content.Object{PartSize: b.partSizeFor(u.in.Size), Next: 1}
	}
	a.base, a.next, a.limit = a.in.Object.Size(), a.in.Object.Next, a.in.Object.Next
	if a.pos > 0 && !a.hash.Restore(u.in.HashState) {
		// S3 cannot read the parts of an unfinished multipart upload.
		return nil, fmt.Errorf("%w: the state of the hash is not understood", content.ErrDamaged)
	}
	if err := a.begin(); err != nil {
		return nil, err
	}
	if err := a.loadTail(); err != nil {
		a.drop()
		return nil, err
	}
	return a, nil
}

func (b *Store) partSizeFor(size int64) int64 {
	const unit = 1 << 20
	needed := (size + objects.MaxParts - 1) / objects.MaxParts
	return max(b.PartSize, (needed+unit-1)/unit*unit)
}

// begin waits for room for the next part.
func (a *appending) begin() (err error) {
	a.spool, err = a.b.spool(a.ctx, a.target())
	return err
}

// spool waits for room. It returns [content.ErrClosing] when ctx ends.
func (b *Store) spool(ctx context.Context, size int64) (*spool, error) {
	s, err := b.temp.spool(ctx, size)
	if errors.Is(err, context.Canceled) {
		return nil, content.ErrClosing
	}
	return s, err
}

// drop releases the spool and its bytes.
func (a *appending) drop() {
	if a.spool != nil {
		a.spool.release()
		a.spool = nil
	}
}

// target is the size of a full spool.
func (a *appending) target() int64 { return min(a.in.Object.PartSize, a.in.Size-a.base) }

// single reports whether the spool has the whole upload, which then needs no parts.
func (a *appending) single() bool { return a.base == 0 && a.spool.filled == a.in.Size }

func (a *appending) loadTail() error {
	name := a.in.Object.Tail
	if name == "" {
		return nil
	}
	tail, err := a.b.objects.Get(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err != nil || int64(len(tail)) != a.pos-a.base {
		return fmt.Errorf("%w: its tail is missing or has another size", content.ErrDamaged)
	}
	_, err = a.spool.Write(tail)
	return err
}

// receive reads src and sends each full part.
func (a *appending) receive(src io.Reader) error {
	buf := a.b.buffers.Get()
	defer a.b.buffers.Put(buf)
	for a.pos < a.in.Size {
		room := a.target() - a.spool.filled
		n, rerr := io.ReadFull(src, (*buf)[:min(int64(len(*buf)), room)])
		if _, err := a.spool.Write((*buf)[:n]); err != nil {
			a.drop()
			return err
		}
		a.hash.Write((*buf)[:n])
		a.pos += int64(n)
		if int64(n) == room && !a.single() {
			if err := a.send(); err != nil {
				a.drop()
				return err
			}
			if a.pos < a.in.Size {
				if err := a.begin(); err != nil {
					return err
				}
			}
		}
		if rerr != nil {
			return content.ReadError(rerr)
		}
	}
	return nil
}

// end waits for the parts that are being sent and stores the tail. After an error it
// stores the bytes before the gap.
func (a *appending) end() error {
	defer a.drop()
	if err := a.confirmAll(); err != nil {
		return a.commitEnd(err)
	}
	if a.spool == nil || a.pos <= a.in.Offset {
		return a.commitEnd(nil)
	}
	if a.single() {
		return a.putWhole()
	}
	return a.commitEnd(a.putTail())
}

// commitEnd commits the progress, also after an error: the client need not send these
// bytes again.
func (a *appending) commitEnd(err error) error {
	if a.in.Offset == a.u.in.Offset {
		return err
	}
	if a.in.Whole() {
		a.seal()
	}
	if err := errors.Join(err, a.commit(false)); err != nil {
		return err
	}
	return a.b.complete(a.u)
}

// putTail stores the bytes that are too few for a part. Each tail has its own name, so
// that a tail in a stored info is never overwritten.
func (a *appending) putTail() error {
	state, err := a.hash.State()
	if err != nil {
		return err
	}
	name := tailKeys + a.in.ID + "/" + content.NewID()
	if err := a.b.objects.Put(name, a.spool.content(), a.spool.filled); err != nil {
		return err
	}
	o := *a.in.Object
	if o.Tail != "" {
		a.spent = append(a.spent, o.Tail)
	}
	o.Tail = name
	a.in.Object, a.in.Offset, a.in.HashState = &o, a.pos, state
	return nil
}

// putWhole stores the whole content at once. It commits only a part, because the
// caller records any other complete upload in the ledger.
func (a *appending) putWhole() error {
	a.sniff()
	if err := a.b.objects.Put(contentOf(a.in.ID), a.spool.content(), a.spool.filled); err != nil {
		return err
	}
	a.in.Offset, a.in.Spent, a.in.Object = a.pos, a.in.Object.Tail, nil
	a.seal()
	if a.in.Partial {
		if a.in.Spent != "" {
			a.spent = append(a.spent, a.in.Spent)
		}
		return a.commit(false)
	}
	a.u.in = a.in
	return nil
}

// seal completes the info of an upload whose bytes are all stored. A part needs no
// hash.
func (a *appending) seal() {
	a.in.HashState = nil
	if !a.in.Partial {
		a.in.Complete(a.hash, a.in.Type, a.b.Now())
	}
}
