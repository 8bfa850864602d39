package structure

import (
	"bytes"
	"errors"
	"io"
)

const (
	// headSize is how much of the beginning is read to find the kind.
	headSize = 4096
	// tail is how much of a file's end is read: an archive's last record may be followed
	// by a comment of almost this length.
	tail = 1<<16 + 22
	// maxSteps limits every check. A file with more parts counts as complete.
	maxSteps = 1 << 15
	// maxScan limits the bytes read of one file. Most files need a few kilobytes.
	maxScan = 32 << 20
	// piece is how much is read at once by sequential readers.
	piece = 64 << 10
)

// errSpent is returned when a check reaches its limit.
var errSpent = errors.New("the file has more parts than are looked at")

// errShort is returned for data beyond the end of the file.
var errShort = errors.New("the file ends before its structure does")

// errZeros is returned for zeros in place of content.
var errZeros = errors.New("the file holds zeros in place of its content")

// probe reads small pieces of a file of a known size, up to a limit.
type probe struct {
	r     io.ReaderAt
	size  int64
	steps int
	read  int64 // bytes
	start int64 // where the content begins, after a music tag
}

// at returns the n bytes at the offset. It fails with errShort beyond the end of the file,
// with errSpent at the limit, and with read errors.
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
		return nil, errShort // the file shrank
	}
	return buf, err
}

// upTo returns at most n bytes at the offset; fewer at the end of the file.
func (p *probe) upTo(offset int64, n int) ([]byte, error) {
	if offset < 0 || offset > p.size {
		return nil, errShort
	}
	return p.at(offset, int(min(int64(n), p.size-offset)))
}

// end returns the last bytes of the file, up to the limit, and their offset.
func (p *probe) end(limit int64) ([]byte, int64, error) {
	offset := max(0, p.size-limit)
	buf, err := p.at(offset, int(p.size-offset))
	return buf, offset, err
}

// within reports whether length bytes at the offset are inside the file. Both numbers may
// be hostile.
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

// solid returns errZeros if the second half of the range between the offsets consists of
// zeros, judged by samples.
func (p *probe) solid(from, to int64) error {
	from += (to - from) / 2
	const whole = samplePlaces * sampleSize
	if to-from < 32 {
		return nil
	}
	if to-from <= whole {
		raw, err := p.at(from, int(to-from))
		if err != nil {
			return err
		}
		if allZeros(raw) {
			return errZeros
		}
		return nil
	}
	// The last sample is read first: usually it decides.
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

// cursor reads a file sequentially, in pieces.
type cursor struct {
	p           *probe
	offset, end int64
	piece       []byte // bytes at the offset that were read but not used
}

func (p *probe) from(offset int64) *cursor { return &cursor{p: p, offset: offset, end: p.size} }

// next returns the next n bytes; n is at most a piece.
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

// skip skips n bytes.
func (c *cursor) skip(n int64) error {
	if n < 0 || n > c.end-c.offset {
		return errShort
	}
	c.offset += n
	c.piece = c.piece[min(n, int64(len(c.piece))):]
	return nil
}

// ReadByte and Read serve decompressors.
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
