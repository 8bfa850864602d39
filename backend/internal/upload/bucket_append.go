package upload

import (
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"slices"

	"github.com/tus/tusd/v2/pkg/handler"
)

const (
	// inFlight is how many parts of an upload are sent at once, so that receiving
	// and sending overlap.
	inFlight = 2
	// reserved is how many numbers an info keeps for parts that are sent before
	// the next info is written: more than there can be.
	reserved = 2 * inFlight
)

// appending is one run of append. Content is received into a spool, which is
// sent as a part when it is full; what is then left becomes the tail.
type appending struct {
	b     *bucket
	u     *stored // stands where the stored info does
	in    info    // what the next commit stores
	hash  hash.Hash
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

// partSent is a part under way.
type partSent struct {
	number int32
	end    int64  // of it in the upload
	state  []byte // of the hash up to there
	etag   string
	err    error
	done   chan struct{}
}

// append implements [medium].
func (b *bucket) append(u *stored, src io.Reader) error {
	a, err := b.resume(u)
	if err != nil {
		return b.vanished(u.in.ID, err)
	}
	err = a.receive(src)
	return b.vanished(u.in.ID, errors.Join(err, a.end()))
}

// resume begins where the info says that the upload stands.
func (b *bucket) resume(u *stored) (*appending, error) {
	a := &appending{b: b, u: u, in: u.in, hash: sha256.New(), pos: u.in.Offset}
	if a.in.Object == nil {
		a.in.Object = &object{PartSize: b.partSizeFor(u.in.Size), Next: 1}
	}
	a.base, a.next, a.limit = a.in.Object.size(), a.in.Object.Next, a.in.Object.Next
	if a.pos > 0 && a.hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(u.in.HashState) != nil {
		// Parts cannot be read before they are together.
		return nil, fmt.Errorf("%w: the state of the hash is not understood", errDamaged)
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

func (b *bucket) partSizeFor(size int64) int64 {
	const unit = 1 << 20
	needed := (size + mostParts - 1) / mostParts
	return max(b.partSize, (needed+unit-1)/unit*unit)
}

// begin waits for room for the next part.
func (a *appending) begin() (err error) {
	a.spool, err = a.b.spool(a.target())
	return err
}

// spool waits for room until the service closes.
func (b *bucket) spool(size int64) (*spool, error) {
	s, err := b.temp.spool(b.s.closing, size)
	if errors.Is(err, context.Canceled) {
		return nil, handler.ErrServerShutdown
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
	content, err := a.b.get(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && int64(len(content)) != a.pos-a.base {
		return fmt.Errorf("%w: its tail is not there as it was", errDamaged)
	}
	if err == nil {
		_, err = a.spool.Write(content)
	}
	return err
}

// receive takes in what src yields, and sends what makes a part.
func (a *appending) receive(src io.Reader) error {
	buf := a.b.s.buffers.Get().(*[]byte)
	defer a.b.s.buffers.Put(buf)
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
			return readError(rerr)
		}
	}
	return nil
}

// send begins to send the spool as a part.
func (a *appending) send() error {
	if len(a.parts) == inFlight {
		if err := a.confirm(); err != nil {
			return err
		}
		if err := a.commit(true); err != nil {
			return err
		}
	}
	if err := a.reserve(); err != nil {
		return err
	}
	a.sniff()
	state, err := a.hash.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return fmt.Errorf("keep the state of the hash: %w", err)
	}
	p := &partSent{number: a.next, end: a.pos, state: state, done: make(chan struct{})}
	full, uploadID := a.spool, a.in.Object.UploadID
	a.next++
	a.base, a.spool, a.parts = a.pos, nil, append(a.parts, p)
	go func() { // until confirm
		defer close(p.done)
		defer full.release()
		p.etag, p.err = a.b.sendPart(contentOf(a.in.ID), uploadID, p.number, full)
	}()
	return nil
}

// sniff notes the type while the beginning of the content is at hand.
func (a *appending) sniff() {
	if a.base == 0 {
		a.in.Type = detectType(a.spool.content(), a.in.Path)
	}
}

// reserve makes sure that the stored info knows of the multipart upload and keeps
// the number of the next part for us.
func (a *appending) reserve() error {
	if a.in.Object.UploadID != "" && a.next < a.limit {
		return nil
	}
	if a.in.Object.UploadID == "" {
		o := *a.in.Object
		var err error
		if o.UploadID, err = a.b.createMultipart(contentOf(a.in.ID)); err != nil {
			return err
		}
		a.in.Object = &o
	}
	return a.commit(true)
}

// confirm waits for the oldest part and takes it into the next info.
func (a *appending) confirm() error {
	p := a.parts[0]
	a.parts = a.parts[1:]
	<-p.done
	if a.failed = errors.Join(a.failed, p.err); a.failed != nil {
		return a.failed
	}
	o := *a.in.Object
	o.Parts = append(slices.Clip(o.Parts), segment{Number: p.number, ETag: p.etag, Size: p.end - o.size()})
	if o.Tail != "" { // it went into the part
		a.spent, o.Tail = append(a.spent, o.Tail), ""
	}
	a.in.Object, a.in.Offset, a.in.HashState = &o, p.end, p.state
	return nil
}

// commit stores the info; the upload then stands where it says.
func (a *appending) commit(more bool) error {
	if a.in.Object != nil {
		o := *a.in.Object
		if o.Next = a.next; more {
			o.Next += reserved
		}
		a.in.Object = &o
	}
	if err := a.b.s.save(a.in); err != nil {
		return err
	}
	a.u.in = a.in
	if a.in.Object != nil {
		a.limit = a.in.Object.Next
	}
	for _, name := range a.spent {
		if err := a.b.delete(name); err != nil {
			a.b.s.Log.Warn("an object stays until the janitor removes it", "object", name, "error", err)
		}
	}
	a.spent = nil
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
	if a.in.whole() {
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
	state, err := a.hash.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return fmt.Errorf("keep the state of the hash: %w", err)
	}
	name := tailKeys + a.in.ID + "/" + newID()
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
// finish, which has the ledger keep it; only a part has none.
func (a *appending) putWhole() error {
	a.sniff()
	if err := a.b.put(contentOf(a.in.ID), a.spool.content(), a.spool.filled); err != nil {
		return err
	}
	a.in.Offset, a.in.spent, a.in.Object = a.pos, a.in.Object.Tail, nil
	a.seal()
	if a.in.Partial {
		if a.in.spent != "" {
			a.spent = append(a.spent, a.in.spent)
		}
		return a.commit(false)
	}
	if err := a.b.s.locker.shared.check(a.in.ID); err != nil {
		return err
	}
	a.u.in = a.in
	return nil
}

// seal makes the info that of an upload whose bytes are all there. Nobody needs
// the hash of a part.
func (a *appending) seal() {
	a.in.HashState = nil
	if !a.in.Partial {
		a.in.SHA256, a.in.FinishedAt = hex.EncodeToString(a.hash.Sum(nil)), a.b.s.Now().UTC()
	}
}
