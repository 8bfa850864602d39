package concat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"handover/backend/internal/upload/content"
)

// partsReader reads the parts one after the other, without the first skip bytes.
type partsReader struct {
	ctx   context.Context
	from  content.Reader
	parts []content.Part
	skip  int64
	file  io.ReadSeekCloser // the open part
	left  int64             // unread bytes of file
}

func (r *partsReader) Read(p []byte) (int, error) {
	for r.left == 0 {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.file.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = nil // the end of this part only
		if n == 0 {
			err = fmt.Errorf("%w: a part is too short", content.ErrDamaged)
		}
	}
	return n, err
}

// next opens the next part, or returns io.EOF after the last.
func (r *partsReader) next() error {
	r.close()
	for len(r.parts) > 0 && r.parts[0].Size <= r.skip {
		r.skip -= r.parts[0].Size
		r.parts = r.parts[1:]
	}
	if len(r.parts) == 0 {
		return io.EOF
	}
	f, err := r.from.Open(r.ctx, r.parts[0].ID)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: a part is missing", content.ErrDamaged)
	}
	if err != nil {
		return err
	}
	r.file = f
	if _, err := f.Seek(r.skip, io.SeekStart); err != nil {
		return err
	}
	r.left, r.skip, r.parts = r.parts[0].Size-r.skip, 0, r.parts[1:]
	return nil
}

func (r *partsReader) close() {
	if r.file != nil {
		r.file.Close() // only read
		r.file = nil
	}
}
