package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"
)

const (
	// bufferSize is large because every read from the network costs a system
	// call, and small enough for what was read to be hashed and written while
	// the processor's cache still has it. Every running upload holds one.
	bufferSize = 256 << 10
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

// take receives the whole of a new upload. The content is durable on return; its
// name and the record become so together, in finish.
func (u *stored) take(src io.Reader) (err error) {
	f, err := os.OpenFile(u.s.folder.name(u.in.ID, dataExt), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if f.Close(); err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	h := sha256.New()
	n, err := u.s.copy(context.Background(), io.MultiWriter(f, h), src)
	if err == nil && n != u.in.Size {
		err = handler.ErrUnexpectedEOF
	}
	if err == nil {
		err = syncData(f)
	}
	if err != nil {
		return err
	}
	in, err := u.advanced(h, f, n)
	if err != nil {
		return err
	}
	u.in = in
	return nil
}

// keep writes a small file whole, to be synced. Nothing is left of it when that
// fails.
func (s *Service) keep(in info, content []byte) (t taken, err error) {
	f, err := os.OpenFile(s.folder.name(in.ID, dataExt), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return t, err
	}
	if _, err := f.Write(content); err != nil {
		return t, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	startWriteback(f, 0, in.Size)
	sum := sha256.Sum256(content)
	in.Offset, in.SHA256 = in.Size, hex.EncodeToString(sum[:])
	in.Type, in.FinishedAt = detectType(bytes.NewReader(content), in.Path), s.Now().UTC()
	return taken{in, f}, nil
}

func (u *stored) append(src io.Reader) error {
	if err := u.s.checkSpace(0); err != nil {
		return err
	}
	f, err := u.s.folder.openData(u.in.ID)
	if err != nil {
		return err
	}
	defer f.Close() // commit has synced; there is nothing left to fail
	if st, err := f.Stat(); err != nil || st.Size() > u.in.Offset {
		if err := errors.Join(err, f.Truncate(u.in.Offset)); err != nil {
			return err
		}
	}
	h, err := u.resumeHash(f)
	if err != nil {
		return err
	}
	end, werr := u.receive(f, h, src)
	if end > u.in.Offset {
		err = u.commit(f, h, end)
	}
	if err := errors.Join(werr, err); err != nil {
		// What is beyond the durable offset is worth nothing now, and a full
		// disk needs the space. The tail would be cut off later anyway.
		_ = f.Truncate(u.in.Offset)
		return err
	}
	return nil
}

// receive writes and hashes all of src and returns up to where the content is
// good and worth a commit, which the hash agrees with.
func (u *stored) receive(f *os.File, h hash.Hash, src io.Reader) (int64, error) {
	marks := &checkpoints{u: u, file: f, pos: u.in.Offset, at: u.s.Now()}
	pos, err := u.pump(f, h, src, marks)
	if merr := marks.end(); merr != nil {
		// Never sync again after a sync that failed: the kernel reports lost
		// pages once and then takes them for clean.
		return u.in.Offset, errors.Join(err, merr)
	}
	return pos, err
}

// pump is receive without the end of its checkpoints. It hashes in the same
// goroutine: another would have to fetch the bytes from this one's cache, and
// the client's digest takes as long anyway.
func (u *stored) pump(f *os.File, h hash.Hash, src io.Reader, marks *checkpoints) (pos int64, err error) {
	buf := u.s.buffers.Get().(*[]byte)
	defer u.s.buffers.Put(buf)
	pos = u.in.Offset
	flushed := pos
	for {
		n, rerr := io.ReadFull(src, *buf)
		err := writeAt(f, (*buf)[:n], pos)
		h.Write((*buf)[:n])
		pos += int64(n)
		if err != nil || rerr != nil {
			return pos, errors.Join(err, readError(rerr))
		}
		if pos-flushed >= writebackStep {
			startWriteback(f, flushed, pos-flushed)
			flushed = pos
			if err := u.s.checkSpace(0); err != nil {
				return pos, err
			}
		}
		if pos < u.in.Size && marks.due(pos) {
			if err := marks.begin(h, pos); err != nil {
				return pos, err
			}
		}
	}
}

// writeAt writes p in pieces. Linux gets the memory for such a piece of a file
// from pages that were in use just now; for a larger one it may have to take
// memory that is cold, which a virtual machine has to fetch from its host.
func writeAt(f *os.File, p []byte, off int64) error {
	for piece := range slices.Chunk(p, writePiece) {
		if _, err := f.WriteAt(piece, off); err != nil {
			return err
		}
		off += int64(len(piece))
	}
	return nil
}

// readError drops the two errors by which io.ReadFull says that src has ended.
func readError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// commit makes the bytes up to offset durable, and then the offset itself. When
// it fails the upload stands where it stood. That an upload is whole is left to
// finish, which has the ledger keep it, or else the folder; only one that has
// parts would lose them.
func (u *stored) commit(f *os.File, h hash.Hash, offset int64) error {
	if err := syncData(f); err != nil {
		return err
	}
	in, err := u.advanced(h, f, offset)
	if err != nil {
		return err
	}
	if in.SHA256 == "" || in.final() {
		err = u.s.save(in)
	} else {
		err = u.s.locker.shared.check(in.ID)
	}
	if err != nil {
		return err
	}
	u.in = in
	return nil
}
