package upload

import (
	"context"
	"fmt"
	"io"

	"handover/backend/internal/upload/content"
	"handover/backend/order"
)

// Adopt stores the content of an upload that was finished elsewhere and whose
// record the ledger gets from there. Content that is there with the right size
// is not read again; [Service.Check] does that. The content is compared with the
// record first: when size or SHA-256 differ, an error says so and nothing is
// left behind. It is durable when Adopt returns.
//
// A folder that is opened without the record drops the content, so the record
// has to follow before the service is opened again.
func (s *Service) Adopt(ctx context.Context, u order.Upload, src io.Reader) error {
	if !content.ValidID(u.ID) {
		return fmt.Errorf("upload %q: this is not an ID", u.ID)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	stored, err := s.reader.Holds(u)
	if err == nil && !stored {
		err = s.writer.Adopt(ctx, u, src)
	}
	if err != nil {
		return fmt.Errorf("take over upload %s: %w", u.ID, err)
	}
	return nil
}
