package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// OpenFile opens the content of a finished upload for reading. Its error has the code
// order.NotFound for any other ID. The caller closes the file.
func (s *Service) OpenFile(ctx context.Context, id string) (io.ReadSeekCloser, error) {
	if !content.ValidID(id) {
		return nil, content.NotFound()
	}
	if err := s.finished(ctx, id); err != nil {
		return nil, err
	}
	f, err := s.reader.Open(ctx, id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, content.NotFound()
	}
	if err != nil {
		return nil, fmt.Errorf("open upload %s: %w", id, err)
	}
	return f, nil
}

// finished returns nil when the upload is finished, or an error with the code
// order.NotFound. It asks the ledger instead of a remote store, which is slower.
func (s *Service) finished(ctx context.Context, id string) error {
	if s.upkeep.Remote() {
		has, err := s.catalog.HasRecord(ctx, id)
		if err != nil {
			return err
		}
		if !has {
			return content.NotFound()
		}
		return nil
	}
	in, err := s.catalog.Load(ctx, id)
	if err != nil {
		return err
	}
	if !in.Whole() {
		return content.NotFound()
	}
	return nil
}

// addressValid is how long an address of content works. A download must begin within
// this time and may then take longer.
const addressValid = 5 * time.Minute

// Address returns an address at which anyone can read the content of a finished
// upload for some minutes, directly from its bucket and with these headers. Its error
// has the code order.NotFound for any other ID, and over a folder.
func (s *Service) Address(ctx context.Context, id, contentType, disposition string) (string, error) {
	addresser, ok := s.reader.(content.Addresser)
	if !ok || !content.ValidID(id) {
		return "", content.NotFound()
	}
	// Do not redirect to a missing object.
	address, err := addresser.Address(ctx, id, contentType, disposition, addressValid)
	if errors.Is(err, fs.ErrNotExist) {
		return "", content.NotFound()
	}
	if err != nil {
		return "", fmt.Errorf("address of upload %s: %w", id, err)
	}
	has, err := s.catalog.HasRecord(ctx, id)
	if err != nil {
		return "", fmt.Errorf("address of upload %s: %w", id, err)
	}
	if !has {
		return "", content.NotFound()
	}
	return address, nil
}

// Check reads a finished upload and compares it with its record. Its error says that
// the content is missing, or has another size or SHA-256.
func (s *Service) Check(ctx context.Context, u order.Upload) error {
	if !content.ValidID(u.ID) {
		return fmt.Errorf("upload %q: this is not an ID", u.ID)
	}
	f, err := s.reader.Open(ctx, u.ID)
	if err != nil {
		return fmt.Errorf("upload %s: %w", u.ID, err)
	}
	defer f.Close()
	return s.buffers.Verify(ctx, u, f)
}

// Adopt stores the content of an upload that was finished on another server, whose
// record the ledger gets from there. It skips stored content of the right size;
// [Service.Check] verifies that. It compares the size and the SHA-256 with the record
// and stores nothing when they differ. The content is durable when Adopt returns nil.
//
// A folder drops the content when it is opened without the record, so the record must
// follow before that.
func (s *Service) Adopt(ctx context.Context, u order.Upload, src io.Reader) error {
	if !content.ValidID(u.ID) {
		return fmt.Errorf("upload %q: this is not an ID", u.ID)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	stored, err := s.reader.Holds(u)
	if err != nil {
		return fmt.Errorf("adopt upload %s: %w", u.ID, err)
	}
	if stored {
		return nil
	}
	if err := s.writer.Adopt(ctx, u, src); err != nil {
		return fmt.Errorf("adopt upload %s: %w", u.ID, err)
	}
	return nil
}
