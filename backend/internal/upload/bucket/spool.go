package bucket

import (
	"context"
	"io"
	"math"
	"os"

	"golang.org/x/sync/semaphore"
)

// tempSpace bounds the temporary files with content that waits to be sent to a
// bucket. The owner of a spool can always fill and send it without a second spool, so
// every wait for room ends.
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

// spool is a temporary file without a name. The system removes it at the latest when
// the program ends.
type spool struct {
	file   *os.File
	filled int64
	named  bool // the system cannot remove open files
	weight int64
	space  *tempSpace
}

// spool waits for room for size bytes. A file that is larger than all of the room
// takes all of it.
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
	return &spool{file: f, named: os.Remove(f.Name()) != nil, weight: weight, space: t}, nil
}

// Write appends.
func (s *spool) Write(p []byte) (int, error) {
	n, err := s.file.WriteAt(p, s.filled)
	s.filled += int64(n)
	return n, err
}

// content returns a reader of the written bytes.
func (s *spool) content() *io.SectionReader { return io.NewSectionReader(s.file, 0, s.filled) }

// release removes the file and frees its room.
func (s *spool) release() {
	s.file.Close()
	if s.named {
		os.Remove(s.file.Name())
	}
	s.space.room.Release(s.weight)
}
