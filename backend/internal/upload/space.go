package upload

import (
	"context"
	"errors"
	"fmt"

	"handover/backend/internal/upload/content"
)

// errQuota means that an upload would not fit; problemOf has the words for clients.
var errQuota = errors.New("the seller's uploads take all the space they may")

// roomFor refuses an upload that will write so many bytes to the disk, and adds
// so many to what the seller has.
func (s *Service) roomFor(ctx context.Context, seller string, due, added int64) error {
	allDue, sellers := s.open.totals(seller)
	if s.Quota > 0 {
		stored, err := s.Ledger.StoredBytes(ctx, seller)
		if err != nil {
			return fmt.Errorf("ask how much is stored: %w", err)
		}
		if stored+sellers+added > s.Quota {
			return errQuota
		}
	}
	return s.checkSpace(allDue + due)
}

// checkSpace returns content.ErrReserve when writing so many bytes would touch the
// reserve. Without a reserve the disk itself decides.
func (s *Service) checkSpace(due int64) error {
	if s.Reserve <= 0 {
		return nil
	}
	left, err := s.upkeep.Space()
	if err != nil {
		return fmt.Errorf("ask how much space is left: %w", err)
	}
	if left-due < s.Reserve {
		return content.ErrReserve
	}
	return nil
}
