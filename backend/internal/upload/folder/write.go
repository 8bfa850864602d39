package folder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"handover/backend/internal/upload/content"
)

const (
	// writePiece is the largest block of memory that Linux caches for each processor
	// (PAGE_ALLOC_COSTLY_ORDER).
	writePiece = 32 << 10
	// writebackStep is how many bytes are written before the kernel is asked to start
	// writing them to the disk.
	writebackStep = 8 << 20
	// A long transfer makes its offset durable after this many bytes or this time, which
	// bounds the bytes that the client repeats after a crash. The time is checked when
	// a buffer is full.
	checkpointBytes    = 64 << 20
	checkpointInterval = 15 * time.Second
)

// run is one upload while content is added to it. in is its durable state.
type run struct {
	d      *Store
	in     content.Info
	commit func(content.Info) error
}

// Take implements [content.Writer]. The content is durable on return. Flush makes its name
// durable, at the same time as the record.
func (d *Store) Take(ctx context.Context, in content.Info, src io.Reader) (_ content.Info, err error) {
	f, err := os.OpenFile(d.name(in.ID, dataExt), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return in, err
	}
	defer func() {
		if f.Close(); err != nil {
			err = errors.Join(err, remove(f.Name()))
		}
	}()
	h := content.NewDigest()
	n, err := d.buffers.Copy(context.WithoutCancel(ctx), io.MultiWriter(f, h), src)
	if err != nil {
		return in, err
	}
	if n != in.Size {
		return in, content.ErrIncomplete
	}
	if err := syncData(f); err != nil {
		return in, err
	}
	return (&run{d: d, in: in}).advanced(h, f, n)
}

// small is a written file that is not synced yet.
type small struct {
	in   content.Info
	file *os.File
}

func (s small) Info() content.Info { return s.in }

func (s small) Sync() error { return syncData(s.file) }

func (s small) Close() { s.file.Close() } // synced, or about to be removed

// Keep implements [content.Writer].
func (d *Store) Keep(in content.Info, data []byte) (content.Small, error) {
	f, err := os.OpenFile(d.name(in.ID, dataExt), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(data); err != nil {
		return nil, errors.Join(err, f.Close(), remove(f.Name()))
	}
	startWriteback(f, 0, in.Size)
	h := content.NewDigest()
	h.Write(data)
	in.Offset = in.Size
	in.Complete(h, content.DetectType(bytes.NewReader(data), in.Path), d.Now())
	return small{in, f}, nil
}

// Append implements [content.Writer].
func (d *Store) Append(_ context.Context, in content.Info, src io.Reader, commit func(content.Info) error) (content.Info, error) {
	u := &run{d: d, in: in, commit: commit}
	err := u.append(src)
	return u.in, err
}

func (u *run) append(src io.Reader) error {
	if err := u.d.checkReserve(); err != nil {
		return err
	}
	f, err := u.d.openData(u.in.ID)
	if err != nil {
		return err
	}
	defer f.Close() // synced by store
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
		err = u.store(f, h, end)
	}
	if err := errors.Join(werr, err); err != nil {
		// The bytes beyond the durable offset are useless now, and a full disk needs the
		// space. The next Append would cut them off anyway.
		_ = f.Truncate(u.in.Offset)
		return err
	}
	return nil
}

// receive writes and hashes src. It returns the offset up to which the content is valid
// and can be committed; the hash has the same position.
func (u *run) receive(f *os.File, h *content.Digest, src io.Reader) (int64, error) {
	marks := &checkpoints{u: u, file: f, pos: u.in.Offset, at: u.d.Now()}
	pos, err := u.pump(f, h, src, marks)
	if merr := marks.end(); merr != nil {
		// Never sync again after a sync that failed: the kernel reports lost
		// pages once and then takes them for clean.
		return u.in.Offset, errors.Join(err, merr)
	}
	return pos, err
}

// pump is receive without the end of its checkpoints. It hashes in the same goroutine:
// another processor would have to fetch the bytes from this one's cache, and the client's
// own digest takes as long anyway.
func (u *run) pump(f *os.File, h *content.Digest, src io.Reader, marks *checkpoints) (pos int64, err error) {
	buf := u.d.buffers.Get()
	defer u.d.buffers.Put(buf)
	pos = u.in.Offset
	flushed := pos
	for {
		n, rerr := io.ReadFull(src, *buf)
		err := writeAt(f, (*buf)[:n], pos)
		h.Write((*buf)[:n])
		pos += int64(n)
		if err != nil || rerr != nil {
			return pos, errors.Join(err, content.ReadError(rerr))
		}
		if pos-flushed >= writebackStep {
			startWriteback(f, flushed, pos-flushed)
			flushed = pos
			if err := u.d.checkReserve(); err != nil {
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

// writeAt writes p in pieces. Linux takes the memory for a small piece of a file from
// recently used pages. For a larger piece it may take unused memory, which a virtual
// machine first fetches from its host.
func writeAt(f *os.File, p []byte, off int64) error {
	for piece := range slices.Chunk(p, writePiece) {
		if _, err := f.WriteAt(piece, off); err != nil {
			return err
		}
		off += int64(len(piece))
	}
	return nil
}

// store makes the bytes up to offset durable, and then the offset itself. On error the
// state of the upload stays. A complete upload is not committed, because the ledger
// records it next, except a final upload, which could otherwise lose its parts.
func (u *run) store(f *os.File, h *content.Digest, offset int64) error {
	if err := syncData(f); err != nil {
		return err
	}
	in, err := u.advanced(h, f, offset)
	if err != nil {
		return err
	}
	if in.SHA256 == "" || in.Final() {
		if err := u.commit(in); err != nil {
			return err
		}
	}
	u.in = in
	return nil
}

// Seal implements [content.Writer]. It completes an upload that no chunk completes: an
// empty upload, or an upload whose hash must be computed again.
func (d *Store) Seal(in content.Info, commit func(content.Info) error) (content.Info, error) {
	if in.SHA256 != "" || in.Partial {
		return in, nil
	}
	f, err := d.openData(in.ID)
	if err != nil {
		return in, err
	}
	defer f.Close()
	u := &run{d: d, in: in, commit: commit}
	h, err := u.resumeHash(f)
	if err != nil {
		return in, err
	}
	err = u.store(f, h, in.Offset)
	return u.in, err
}

// resumeHash returns the hash of the first Offset bytes. It uses the stored state, or
// reads the bytes again when the state is missing or invalid.
func (u *run) resumeHash(f io.ReaderAt) (*content.Digest, error) {
	h := content.NewDigest()
	if u.in.Offset == 0 || h.Restore(u.in.HashState) {
		return h, nil
	}
	h = content.NewDigest()
	n, err := u.d.buffers.Copy(context.Background(), h, io.NewSectionReader(f, 0, u.in.Offset))
	if err != nil {
		return nil, fmt.Errorf("read upload %s again: %w", u.in.ID, err)
	}
	if n != u.in.Offset {
		return nil, fmt.Errorf("read upload %s again: %w", u.in.ID, io.ErrUnexpectedEOF)
	}
	return h, nil
}

// advanced returns the info with a new durable offset and the fields that depend on it.
func (u *run) advanced(h *content.Digest, stored io.ReaderAt, offset int64) (content.Info, error) {
	in := u.in
	in.Offset = offset
	if in.Whole() && !in.Partial {
		in.Complete(h, content.DetectType(stored, in.Path), u.d.Now())
		return in, nil
	}
	state, err := h.State()
	if err != nil {
		return content.Info{}, err
	}
	in.HashState = state
	return in, nil
}
