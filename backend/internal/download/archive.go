package download

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sort"
)

// archive makes the bytes of a zip when they are read. It is a sequence of pieces of
// known length: headers and the content of files. It implements [io.ReadSeeker] for
// [http.ServeContent].
type archive struct {
	pieces []piece
	size   int64
	pos    int64

	current io.ReadCloser // of the piece at index; nil before it is read
	index   int
	failed  error // of a piece
}

// piece is a part of an archive; it has at least one byte.
type piece struct {
	start, size int64
	// from opens the piece at an offset.
	from func(offset int64) (io.ReadCloser, error)
}

func newArchive(ctx context.Context, entries []entry, z Zip) *archive {
	a := &archive{}
	l := layoutOf(entries, z.modified())
	for i, e := range entries {
		a.add(l.localLen(i), made(func() ([]byte, error) {
			crc, err := z.crc(ctx, e)
			return l.local(i, crc), err
		}))
		if e.file.ID == "" {
			a.add(e.size, made(func() ([]byte, error) { return []byte(e.link), nil }))
		} else {
			a.add(e.size, func(offset int64) (io.ReadCloser, error) { return openAt(z, e, offset) })
		}
	}
	a.add(l.endLen(), made(func() ([]byte, error) {
		return l.end(func(e entry) (uint32, error) { return z.crc(ctx, e) })
	}))
	return a
}

func (a *archive) add(size int64, from func(int64) (io.ReadCloser, error)) {
	if size > 0 {
		a.pieces = append(a.pieces, piece{a.size, size, from})
		a.size += size
	}
}

// made returns the opener of a piece in memory.
func made(content func() ([]byte, error)) func(int64) (io.ReadCloser, error) {
	return func(offset int64) (io.ReadCloser, error) {
		raw, err := content()
		if err != nil {
			return nil, err
		}
		return io.NopCloser(bytes.NewReader(raw[offset:])), nil
	}
}

// openAt opens a file, and fails when its length differs from the delivered one.
func openAt(z Zip, e entry, offset int64) (io.ReadCloser, error) {
	content, err := z.Open(e.file.ID)
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", e.file.ID, err)
	}
	if err := seekIn(content, e.size, offset); err != nil {
		content.Close()
		return nil, fmt.Errorf("file %s: %w", e.file.ID, err)
	}
	return content, nil
}

// seekIn seeks to the offset in content that must have the size.
func seekIn(content io.Seeker, size, offset int64) error {
	stored, err := content.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if stored != size {
		return fmt.Errorf("%d bytes are stored, %d were delivered", stored, size)
	}
	_, err = content.Seek(offset, io.SeekStart)
	return err
}

// Seek implements [io.Seeker].
func (a *archive) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += a.pos
	case io.SeekEnd:
		offset += a.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek to %d", offset)
	}
	if offset != a.pos {
		a.close()
	}
	a.pos = offset
	return offset, nil
}

// Read implements [io.Reader].
func (a *archive) Read(p []byte) (int, error) {
	left, err := a.open()
	if err != nil {
		return 0, err
	}
	n, err := a.current.Read(p[:min(int64(len(p)), left)])
	return n, a.advance(int64(n), err)
}

// copyTo writes the next n bytes.
func (a *archive) copyTo(w io.Writer, n int64) (written int64, err error) {
	for written < n {
		left, err := a.open()
		if err != nil {
			return written, err
		}
		from := &io.LimitedReader{R: a.current, N: min(left, n-written)}
		m, err := io.Copy(w, from)
		written += m
		if err == nil && from.N > 0 {
			err = io.EOF
		}
		if err := a.advance(m, err); err != nil {
			return written, err
		}
	}
	return written, nil
}

// open opens the piece at the position, and returns how many bytes of it remain.
func (a *archive) open() (left int64, err error) {
	if a.failed != nil {
		return 0, a.failed
	}
	if a.pos >= a.size {
		return 0, io.EOF
	}
	i := a.index
	if a.current == nil {
		i = sort.Search(len(a.pieces), func(i int) bool { return a.pieces[i].start > a.pos }) - 1
		p := a.pieces[i]
		if a.current, a.failed = p.from(a.pos - p.start); a.failed != nil {
			a.current = nil
			return 0, a.failed
		}
		a.index = i
	}
	return a.pieces[i].start + a.pieces[i].size - a.pos, nil
}

// advance moves the position by n bytes. A piece that ends before its length means
// that the stored file is damaged.
func (a *archive) advance(n int64, err error) error {
	a.pos += n
	p := a.pieces[a.index]
	if a.pos == p.start+p.size {
		a.close()
		return nil
	}
	if err != nil && ignoreEOF(err) == nil {
		err = fmt.Errorf("the content ends %d bytes early: %w", p.start+p.size-a.pos, io.ErrUnexpectedEOF)
		a.failed = err
	}
	return err
}

func (a *archive) close() {
	if a.current != nil {
		a.current.Close() // read only
		a.current = nil
	}
}
