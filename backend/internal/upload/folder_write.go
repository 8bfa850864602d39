package upload

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/tus/tusd/v2/pkg/handler"

	"handover/backend/internal/upload/content"
)

// take receives the whole of a new upload. The content is durable on return; its
// name and the record become so together, in finish.
func (d *folder) take(u *stored, src io.Reader) (err error) {
	f, err := os.OpenFile(d.name(u.in.ID, dataExt), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if f.Close(); err != nil {
			err = errors.Join(err, remove(f.Name()))
		}
	}()
	h := content.NewDigest()
	n, err := d.s.buffers.Copy(context.Background(), io.MultiWriter(f, h), src)
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
func (d *folder) keep(in content.Info, data []byte) (t taken, err error) {
	f, err := os.OpenFile(d.name(in.ID, dataExt), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return t, err
	}
	if _, err := f.Write(data); err != nil {
		return t, errors.Join(err, f.Close(), remove(f.Name()))
	}
	startWriteback(f, 0, in.Size)
	h := content.NewDigest()
	h.Write(data)
	in.Offset = in.Size
	in.Complete(h, content.DetectType(bytes.NewReader(data), in.Path), d.s.Now())
	return taken{in: in, file: f}, nil
}

func (d *folder) append(u *stored, src io.Reader) error {
	if err := d.s.checkSpace(0); err != nil {
		return err
	}
	f, err := d.openData(u.in.ID)
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
	end, werr := d.receive(u, f, h, src)
	if end > u.in.Offset {
		err = d.commit(u, f, h, end)
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
func (d *folder) receive(u *stored, f *os.File, h *content.Digest, src io.Reader) (int64, error) {
	marks := &checkpoints{u: u, file: f, pos: u.in.Offset, at: d.s.Now()}
	pos, err := d.pump(u, f, h, src, marks)
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
func (d *folder) pump(u *stored, f *os.File, h *content.Digest, src io.Reader, marks *checkpoints) (pos int64, err error) {
	buf := d.s.buffers.Get()
	defer d.s.buffers.Put(buf)
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
			if err := d.s.checkSpace(0); err != nil {
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

// commit makes the bytes up to offset durable, and then the offset itself. When
// it fails the upload stands where it stood. That an upload is whole is left to
// finish, which has the ledger keep it, or else the folder; only one that has
// parts would lose them.
func (d *folder) commit(u *stored, f *os.File, h *content.Digest, offset int64) error {
	if err := syncData(f); err != nil {
		return err
	}
	in, err := u.advanced(h, f, offset)
	if err != nil {
		return err
	}
	if in.SHA256 == "" || in.Final() {
		err = d.s.save(in)
	} else {
		err = d.s.locker.shared.check(in.ID)
	}
	if err != nil {
		return err
	}
	u.in = in
	return nil
}

// seal completes an upload that got no chunk to do it: one of no bytes, or one
// whose hash has to be computed anew.
func (d *folder) seal(u *stored) error {
	f, err := d.openData(u.in.ID)
	if err != nil {
		return err
	}
	defer f.Close()
	h, err := u.resumeHash(f)
	if err != nil {
		return err
	}
	return d.commit(u, f, h, u.in.Offset)
}
