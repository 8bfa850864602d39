package upload

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"handover/backend/internal/upload/content"
)

// addressValid is how long an address of content works: long enough to begin a
// download, which may then take as long as it does.
const addressValid = 5 * time.Minute

// Address returns an address at which everybody can have the content of a
// finished upload for some minutes, from its bucket and with these headers. For
// any other ID, and over a folder, it returns an error with the code
// order.NotFound.
func (s *Service) Address(ctx context.Context, id, contentType, disposition string) (string, error) {
	addresser, ok := s.reader.(content.Addresser)
	if !ok || !content.ValidID(id) {
		return "", content.NotFound()
	}
	// Do not redirect to a missing object.
	address, err := addresser.Address(ctx, id, contentType, disposition, addressValid)
	if err == nil {
		_, err = s.Ledger.Upload(ctx, id)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), content.IsNotFound(err):
		return "", content.NotFound()
	case err != nil:
		return "", fmt.Errorf("address of upload %s: %w", id, err)
	}
	return address, nil
}
