package upload

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

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
func (s *Service) Adopt(ctx context.Context, u order.Upload, content io.Reader) error {
	if !validID(u.ID) {
		return fmt.Errorf("upload %q: this is not an ID", u.ID)
	}
	there, err := s.media.holds(u)
	if err == nil && !there {
		err = s.media.adopt(ctx, u, content)
	}
	if err != nil {
		return fmt.Errorf("take over upload %s: %w", u.ID, err)
	}
	return nil
}

// adopt writes beside first, so that no half of it is ever taken for the whole.
func (d *folder) adopt(ctx context.Context, u order.Upload, content io.Reader) (err error) {
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
	n, err := d.s.copy(ctx, io.MultiWriter(f, h), io.LimitReader(content, u.Size+1))
	if err == nil {
		err = asRecorded(u, n, h.Sum(nil))
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

// asRecorded compares content with its record.
func asRecorded(u order.Upload, size int64, sum []byte) error {
	switch {
	case size > u.Size:
		return fmt.Errorf("%w: there are more than the %d bytes of the record", errDamaged, u.Size)
	case size < u.Size:
		return fmt.Errorf("%w: there are %d bytes; the record says %d", errDamaged, size, u.Size)
	case hex.EncodeToString(sum) != u.SHA256:
		return fmt.Errorf("%w: the SHA-256 is %x; the record says %s", errDamaged, sum, u.SHA256)
	}
	return nil
}
