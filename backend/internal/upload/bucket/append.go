package bucket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"handover/backend/internal/upload/content"
)

// appending is one run of append. Content is received into a spool, which is
// sent as a part when it is full; what is then left becomes the tail.
type appending struct {
	ctx   context.Context // of waits for room
	b     *Store
	u     *run         // stands where the stored info does
	in    content.Info // what the next commit stores
	hash  *content.Digest
	pos   int64  // up to where content was received
	base  int64  // where the spool begins in the upload
	spool *spool // nil when nothing is being received
	// next is the number of the next part. The stored info keeps those below
	// limit for us: whoever goes on from it, after us or because we are taken for
	// dead, uses none of them, so that no late part of ours takes another's place.
	next, limit int32

	parts  []*partSent // under way, in their order
	failed error       // of one; later ones are then of no use
	spent  []string    // objects that the next info does not name any more
}

// run is one upload while content is added to it. in says where it durably stands.
type run struct {
	in     content.Info
	commit func(content.Info) error
}

// Append implements [content.Writer].
func (b *Store) Append(ctx context.Context, in content.Info, src io.Reader, commit func(content.Info) error) (content.Info, error) {
	u := &run{in: in, commit: commit}
	a, err := b.resume(ctx, u)
	if err != nil {
		return u.in, vanished(err)
	}
	err = a.receive(src)
	return u.in, vanished(errors.Join(err, a.end()))
}

// resume begins where the info says that the upload stands.
func (b *Store) resume(ctx context.Context, u *run) (*appending, error) {
	a := &appending{ctx: ctx, b: b, u: u, in: u.in, hash: content.NewDigest(), pos: u.in.Offset}
	if a.in.Object == nil {
		a.in.Object = &content.Object{PartSize: b.partSizeFor(u.in.Size), Next: 1}
	}
	a.base, a.next, a.limit = a.in.Object.Size(), a.in.Object.Next, a.in.Object.Next
	if a.pos > 0 && !a.hash.Restore(u.in.HashState) {
		// Parts cannot be read before they are together.
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
	needed := (size + mostParts - 1) / mostParts
	return max(b.PartSize, (needed+unit-1)/unit*unit)
}

// begin waits for room for the next part.
func (a *appending) begin() (err error) {
	a.spool, err = a.b.spool(a.ctx, a.target())
	return err
}

// spool waits for room until ctx ends, which means that the service closes.
func (b *Store) spool(ctx context.Context, size int64) (*spool, error) {
	s, err := b.temp.spool(ctx, size)
	if errors.Is(err, context.Canceled) {
		return nil, content.ErrClosing
	}
	return s, err
}

// drop gives up what is in the spool.
func (a *appending) drop() {
	if a.spool != nil {
		a.spool.release()
		a.spool = nil
	}
}

// target is how much makes the spool full.
func (a *appending) target() int64 { return min(a.in.Object.PartSize, a.in.Size-a.base) }

// single reports whether the spool has all of the upload, which needs no parts.
func (a *appending) single() bool { return a.base == 0 && a.spool.filled == a.in.Size }

func (a *appending) loadTail() error {
	name := a.in.Object.Tail
	if name == "" {
		return nil
	}
	tail, err := a.b.get(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && int64(len(tail)) != a.pos-a.base {
		return fmt.Errorf("%w: its tail is not there as it was", content.ErrDamaged)
	}
	if err == nil {
		_, err = a.spool.Write(tail)
	}
	return err
}

// receive takes in what src yields, and sends what makes a part.
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

// end waits for what is under way and keeps the rest, as far as there is no gap.
func (a *appending) end() (err error) {
	defer a.drop()
	for len(a.parts) > 0 {
		err = a.confirm()
	}
	if err == nil && a.spool != nil && a.pos > a.in.Offset {
		if a.single() {
			return a.putWhole()
		}
		err = a.putTail()
	}
	if a.in.Offset == a.u.in.Offset {
		return err
	}
	if a.in.Whole() {
		a.seal()
	}
	// With an error, too: what has arrived need not be sent again.
	if err := errors.Join(err, a.commit(false)); err != nil {
		return err
	}
	return a.b.together(a.u)
}

// putTail stores what makes no part yet. Each tail has a name of its own, so that
// none is written while an info names it.
func (a *appending) putTail() error {
	state, err := a.hash.State()
	if err != nil {
		return err
	}
	name := tailKeys + a.in.ID + "/" + content.NewID()
	if err := a.b.put(name, a.spool.content(), a.spool.filled); err != nil {
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

// putWhole stores all of the content at once. That the upload is whole is left to
// the caller, which has the ledger record it; the ledger never has a part.
func (a *appending) putWhole() error {
	a.sniff()
	if err := a.b.put(contentOf(a.in.ID), a.spool.content(), a.spool.filled); err != nil {
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

// seal makes the info that of an upload whose bytes are all there. Nobody needs
// the hash of a part.
func (a *appending) seal() {
	a.in.HashState = nil
	if !a.in.Partial {
		a.in.Complete(a.hash, a.in.Type, a.b.Now())
	}
}
