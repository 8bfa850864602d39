package upload

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

// Kept is a folder of uploads that no server has open. Its methods read it and
// change nothing.
type Kept struct{ Dir string }

// Open opens the content of a finished upload.
func (k Kept) Open(u order.Upload) (*os.File, error) {
	if !content.ValidID(u.ID) {
		return nil, fmt.Errorf("upload %q: this is not an ID", u.ID)
	}
	f, err := os.Open(filepath.Join(k.Dir, u.ID+dataExt))
	if err != nil {
		return nil, fmt.Errorf("upload %s: %w", u.ID, err)
	}
	return f, nil
}

// Look compares the size of a finished upload's content with the record.
func (k Kept) Look(u order.Upload) error {
	f, err := k.Open(u)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err == nil && st.Size() != u.Size {
		err = fmt.Errorf("%d bytes are stored; the record says %d", st.Size(), u.Size)
	}
	if err != nil {
		return fmt.Errorf("upload %s: %w", u.ID, err)
	}
	return nil
}

// Check reads a finished upload and says what is wrong with it, see
// [Service.Check].
func (k Kept) Check(ctx context.Context, u order.Upload) error {
	f, err := k.Open(u)
	if err != nil {
		return err
	}
	defer f.Close()
	return new(content.Buffers).Verify(ctx, u, f)
}

// Unfinished says how many uploads have not arrived whole, parts of others among
// them. recorded reports whether the ledger has one.
func (k Kept) Unfinished(recorded func(id string) (bool, error)) (n int, err error) {
	entries, err := os.ReadDir(k.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil // no server was ever started on it
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
