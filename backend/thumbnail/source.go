package thumbnail

import (
	"context"
	"errors"
	"io"
)

// source is content whose reading ends with its context, so that decoding does,
// and that tells faults of reading from those of the image.
type source struct {
	ctx    context.Context //nolint:containedctx // it ends reads, which carry none
	from   io.ReadSeeker
	failed error
}

func (s *source) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.from.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.failed = err
	}
	return n, err
}

// again goes back to the beginning.
func (s *source) again() error {
	_, err := s.from.Seek(0, io.SeekStart)
	if err != nil {
		s.failed = err
	}
	return err
}
