package tus

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"

	"handover/app/internal/content"
)

// readSize is how much of a file is read, hashed and sent at once. It fits into the
// processor's cache.
const readSize = 256 << 10

// source reads one file and hashes every byte of it exactly once, in order, however often
// parts of it are sent again. It is not safe for concurrent use.
type source struct {
	path   string
	want   content.Identity
	file   *os.File    // nil while it is closed between reads
	bytes  io.ReaderAt // reads the file
	sum    hash.Hash   // nil if the digest is computed elsewhere
	hashed int64       // sum covers the bytes before this offset

	checkpoint func(Checkpoint) // receives the hash state
	noted      int64            // value of hashed at the last checkpoint
}

// openSource opens path and checks that the file has the identity want.
func openSource(path string, want content.Identity) (*source, error) {
	f, err := content.Open(path)
	if err != nil {
		return nil, err
	}
	s := &source{path: path, want: want, file: f, bytes: f, sum: sha256.New(), checkpoint: func(Checkpoint) {}}
	if err := s.check(f); err != nil {
		f.Close()
		return nil, err
	}
	if content.OpenBlocksSaving {
		s.letGo()
	}
	return s, nil
}

// letGo keeps the file open only during reads.
func (s *source) letGo() {
	s.close()
	s.file, s.bytes = nil, borrowed{s}
}

func (s *source) close() {
	if s.file != nil {
		s.file.Close()
	}
}

// unchanged returns ErrSourceChanged if the open file was changed, or if its path no
// longer leads to it.
func (s *source) unchanged() error {
	if s.file != nil {
		if err := s.check(s.file); err != nil {
			return err
		}
	}
	now, err := content.Glance(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrSourceChanged, err)
	}
	if err != nil {
		return err
	}
	return s.compare(now)
}

func (s *source) check(f *os.File) error {
	now, err := content.Of(f)
	if err != nil {
		return err
	}
	return s.compare(now)
}

func (s *source) compare(now content.Identity) error {
	if !s.want.Same(now) {
		return fmt.Errorf("%w: %s", ErrSourceChanged, s.path)
	}
	return nil
}

// read fills buf with bytes from off up to at most end, which must be greater than off,
// and returns the filled part. off must not exceed the hashed bytes.
func (s *source) read(buf []byte, off, end int64) ([]byte, error) {
	p := buf[:min(int64(len(buf)), end-off)]
	n, err := s.bytes.ReadAt(p, off)
	switch {
	case n == len(p):
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%w: %s ends at byte %d of %d", ErrSourceChanged, s.path, off+int64(n), s.want.Size)
	case errors.Is(err, ErrSourceChanged):
		return nil, err
	default:
		return nil, fmt.Errorf("%w: %w", ErrSource, err)
	}
	if s.sum == nil {
		return p, nil
	}
	if fresh := off + int64(n) - s.hashed; fresh > 0 {
		s.sum.Write(p[int64(n)-fresh:])
		s.hashed += fresh
		if s.hashed-s.noted >= checkpointEvery {
			s.note()
		}
	}
	return p, nil
}

// hashTo hashes the bytes before off that the server received in an earlier call. It
// reports its progress.
func (s *source) hashTo(ctx context.Context, off int64, report func(done, of int64)) error {
	if s.hashed >= off {
		return nil
	}
	buf := make([]byte, min(readSize, off-s.hashed))
	for s.hashed < off {
		if ctx.Err() != nil {
			return stopped(ctx)
		}
		if _, err := s.read(buf, s.hashed, off); err != nil {
			return err
		}
		report(s.hashed, off)
	}
	return nil
}

// digest returns the SHA-256 of the whole file in hexadecimal, once all is hashed.
func (s *source) digest() string { return hex.EncodeToString(s.sum.Sum(nil)) }
