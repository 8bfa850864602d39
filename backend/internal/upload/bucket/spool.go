package bucket

import (
	"context"
	"io"
	"math"
	"os"

	"golang.org/x/sync/semaphore"
)

// tempSpace bounds the temporary files in which content waits to be sent to a
// bucket. Who has a spool can always fill and send it without another, so that
// whoever waits for room gets some in the end.
type tempSpace struct {
	dir  string
	size int64
	room *semaphore.Weighted
}

func newTempSpace(dir string, size int64) *tempSpace {
	if size <= 0 {
		size = math.MaxInt64
	}
	return &tempSpace{dir: dir, size: size, room: semaphore.NewWeighted(size)}
}

// spool is a temporary file without a name; the system removes it when the
// program ends, however that is.
type spool struct {
	*os.File
	filled int64
	named  bool // where open files cannot be removed
	weight int64
	space  *tempSpace
}

// spool waits for room for so many bytes. One file that is larger than all of
// the room gets all of it.
func (t *tempSpace) spool(ctx context.Context, size int64) (*spool, error) {
	weight := min(size, t.size)
	if err := t.room.Acquire(ctx, weight); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(t.dir, "part-*.tmp")
	if err != nil {
		t.room.Release(weight)
		return nil, err
	}
	return &spool{File: f, named: os.Remove(f.Name()) != nil, weight: weight, space: t}, nil
}

// Write appends.
func (s *spool) Write(p []byte) (int, error) {
	n, err := s.WriteAt(p, s.filled)
	s.filled += int64(n)
	return n, err
}

// content is what was written so far.
func (s *spool) content() *io.SectionReader { return io.NewSectionReader(s.File, 0, s.filled) }

// release gives the room back.
func (s *spool) release() {
	s.Close()
	if s.named {
		os.Remove(s.Name())
	}
	s.space.room.Release(s.weight)
}
