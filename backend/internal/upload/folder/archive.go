package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// Archive is a folder of uploads that no server has open. Its methods only read.
type Archive struct{ Dir string }

// Open opens the content of a finished upload.
func (a Archive) Open(u order.Upload) (*os.File, error) {
	if !content.ValidID(u.ID) {
		return nil, fmt.Errorf("upload %q: this is not an ID", u.ID)
	}
	f, err := os.Open(filepath.Join(a.Dir, u.ID+dataExt))
	if err != nil {
		return nil, fmt.Errorf("upload %s: %w", u.ID, err)
	}
	return f, nil
}

// CheckSize compares the size of a finished upload's content with the record.
func (a Archive) CheckSize(u order.Upload) error {
	f, err := a.Open(u)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return fmt.Errorf("upload %s: %w", u.ID, err)
	}
	if st.Size() != u.Size {
		return fmt.Errorf("upload %s: %d bytes are stored; the record says %d", u.ID, st.Size(), u.Size)
	}
	return nil
}

// Check reads a finished upload and compares size and digests with the record.
func (a Archive) Check(ctx context.Context, u order.Upload) error {
	f, err := a.Open(u)
	if err != nil {
		return err
	}
	defer f.Close()
	return new(content.Buffers).Verify(ctx, u, f)
}

// Unfinished counts the unfinished uploads, including parts. recorded reports whether
// the ledger has an upload.
func (a Archive) Unfinished(recorded func(id string) (bool, error)) (n int, err error) {
	entries, err := os.ReadDir(a.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil // no server has used the folder yet
	}
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		id, ext, _ := strings.Cut(e.Name(), ".")
		if "."+ext != infoExt || !content.ValidID(id) {
			continue
		}
		done, err := recorded(id)
		if err != nil {
			return 0, err
		}
		if !done {
			n++
		}
	}
	return n, nil
}
