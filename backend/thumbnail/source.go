package thumbnail

import (
	"context"
	"errors"
	"io"
)

// source is content that stops reading when its context ends, so that decoding stops
// too. It distinguishes errors of reading from errors in the image.
type source struct {
	ctx    context.Context //nolint:containedctx // it ends reads, which have no context parameter
	from   io.ReadSeeker
	at     int64 // where the next read begins
	failed error
}

func (s *source) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.from.Read(b)
	s.at += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		s.failed = err
	}
	return n, err
}

// ReadAt implements [io.ReaderAt] for one reader at a time. A read at the end of the
// last read does not seek.
func (s *source) ReadAt(b []byte, at int64) (int, error) {
	if at != s.at {
		if err := s.seek(at); err != nil {
			return 0, err
		}
	}
	n, err := io.ReadFull(s, b)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

// again seeks to the beginning.
func (s *source) again() error { return s.seek(0) }

func (s *source) seek(at int64) error {
	_, err := s.from.Seek(at, io.SeekStart)
	if err != nil {
		s.failed = err
		return err
	}
	s.at = at
	return nil
}
