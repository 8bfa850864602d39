package structure

import (
	"bytes"
	"errors"
	"io"
)

const (
	// headSize is how much of the beginning tells the kind.
	headSize = 4096
	// tail is how much of a file's end is looked at: an archive's last record
	// lies within a comment's length of the end.
	tail = 1<<16 + 22
	// maxSteps bounds every walk, so that no file can hold the check up. A
	// file with more parts is taken for whole.
	maxSteps = 1 << 15
	// maxScan bounds the bytes that are read of one file, however it is made.
	// Most files take some kilobytes.
	maxScan = 32 << 20
	// piece is how much is read at once by those who read on.
	piece = 64 << 10
)

// errSpent is returned when a file would take more reading than is allowed.
var errSpent = errors.New("the file has more parts than are looked at")

// errShort is returned for parts that would lie outside the file.
var errShort = errors.New("the file ends before its structure does")

// errZeros is returned for zeros where content has to be.
var errZeros = errors.New("the file holds zeros in place of its content")

// probe reads little pieces of a file of a known size, a bounded number of
// them.
type probe struct {
	r     io.ReaderAt
	size  int64
	steps int
	read  int64 // bytes
	start int64 // where the content begins, after a tag of music
}

// at returns the n bytes at the offset. It fails with errShort outside the
// file, with errSpent after too many steps, and with the disk's own faults.
func (p *probe) at(offset int64, n int) ([]byte, error) {
	if offset < 0 || n < 0 || offset > p.size || int64(n) > p.size-offset {
		return nil, errShort
	}
	p.steps, p.read = p.steps+1, p.read+int64(n)
	if p.steps > maxSteps || p.read > maxScan {
		return nil, errSpent
	}
	buf := make([]byte, n)
	_, err := io.ReadFull(io.NewSectionReader(p.r, offset, int64(n)), buf)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errShort // it shrank meanwhile
	}
	return buf, err
}

// upTo returns the bytes at the offset, at most n of them; fewer at the end of
// the file.
func (p *probe) upTo(offset int64, n int) ([]byte, error) {
	if offset < 0 || offset > p.size {
		return nil, errShort
	}
	return p.at(offset, int(min(int64(n), p.size-offset)))
}

// end returns the last bytes of the file, up to the limit, and where they
// begin.
func (p *probe) end(limit int64) ([]byte, int64, error) {
	offset := max(0, p.size-limit)
	buf, err := p.at(offset, int(p.size-offset))
	return buf, offset, err
}

// within reports whether length bytes at the offset lie in the file. Neither
// may be trusted.
func (p *probe) within(offset, length uint64) error {
	if offset > uint64(p.size) || length > uint64(p.size)-offset {
		return errShort
	}
	return nil
}

const (
	samplePlaces = 64
	sampleSize   = 256
)

// solid returns errZeros when the second half of what lies between the offsets
// is zeros, at as many places as are looked at.
func (p *probe) solid(from, to int64) error {
	from += (to - from) / 2
	const whole = samplePlaces * sampleSize
	if to-from < 32 {
		return nil
	}
	if to-from <= whole {
		raw, err := p.at(from, int(to-from))
		if err == nil && allZeros(raw) {
			return errZeros
		}
		return err
	}
	// The last place is looked at first: mostly it settles it.
	for i := range int64(samplePlaces) {
		offset := to - sampleSize - i*((to-from-sampleSize)/(samplePlaces-1))
		raw, err := p.at(offset, sampleSize)
		if err != nil || !allZeros(raw) {
			return err
		}
	}
	return errZeros
}

func allZeros(raw []byte) bool { return len(bytes.TrimLeft(raw, "\x00")) == 0 }

// cursor reads a file from one place on, in pieces.
type cursor struct {
	p           *probe
	offset, end int64
	piece       []byte // what was read at the offset and not used yet
}

func (p *probe) from(offset int64) *cursor { return &cursor{p: p, offset: offset, end: p.size} }

// next returns the next n bytes, n being at most a piece.
func (c *cursor) next(n int) ([]byte, error) {
	if int64(n) > c.end-c.offset {
		return nil, errShort
	}
	if len(c.piece) < n {
		var err error
		if c.piece, err = c.p.at(c.offset, int(min(piece, c.end-c.offset))); err != nil {
			return nil, err
		}
	}
	if len(c.piece) < n {
		return nil, errShort
	}
	raw := c.piece[:n]
	c.piece, c.offset = c.piece[n:], c.offset+int64(n)
	return raw, nil
}

// skip leaves out n bytes.
func (c *cursor) skip(n int64) error {
	if n < 0 || n > c.end-c.offset {
		return errShort
	}
	c.offset += n
	c.piece = c.piece[min(n, int64(len(c.piece))):]
	return nil
}

// ReadByte and Read are for readers of packed streams.
func (c *cursor) ReadByte() (byte, error) {
	if c.offset >= c.end {
		return 0, io.EOF
	}
	raw, err := c.next(1)
	if err != nil {
		return 0, err
	}
	return raw[0], nil
}

func (c *cursor) Read(b []byte) (int, error) {
	if c.offset >= c.end {
		return 0, io.EOF
	}
	n := int(min(int64(len(b)), piece, c.end-c.offset))
	if len(c.piece) > 0 {
		n = min(n, len(c.piece))
	}
	raw, err := c.next(n)
	return copy(b, raw), err
}
