package upload

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

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
	there, err := s.media.holds(u)
	if err == nil && !there {
		err = s.media.adopt(ctx, u, src)
	}
	if err != nil {
		return fmt.Errorf("take over upload %s: %w", u.ID, err)
	}
	return nil
}

// adopt writes beside first, so that no half of it is ever taken for the whole.
func (d *folder) adopt(ctx context.Context, u order.Upload, src io.Reader) (err error) {
	beside := d.name(u.ID, linkExt)
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove(beside))
		}
	}()
	h := sha256.New()
	// A byte more than there should be tells that there are more.
	n, err := d.s.buffers.Copy(ctx, io.MultiWriter(f, h), io.LimitReader(src, u.Size+1))
	if err == nil {
		err = content.AsRecorded(u, n, h.Sum(nil))
	}
	if err == nil {
		err = syncData(f)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := rename(beside, d.name(u.ID, dataExt)); err != nil {
		return err
	}
	return syncDir(d.dir)
}
