package upload

import (
	"context"
	"fmt"

	"handover/backend/internal/upload/bucket"
	"handover/backend/internal/upload/folder"
)

// openStore opens the bucket or the folder.
func (s *Service) openStore() error {
	if s.Bucket != nil {
		b, err := bucket.Open(bucket.Config{Location: *s.Bucket, Dir: s.Dir, Now: s.Now, Log: s.Log})
		if err != nil {
			return err
		}
		s.infos, s.reader, s.writer, s.upkeep = b, b, b, b
		return nil
	}
	d, err := folder.Open(folder.Config{Dir: s.Dir, Reserve: s.Reserve, Now: s.Now, Log: s.Log})
	if err != nil {
		return err
	}
	s.infos, s.reader, s.writer, s.upkeep = d, d, d, d
	return nil
}

// begin makes the content ready for requests.
func (s *Service) begin() error {
	if err := s.claim(); err != nil {
		return err
	}
	return s.recover(context.Background())
}

// claim notes the owner of the content and refuses that of another owner: the
// ledger here has no record of it, so it would be removed.
func (s *Service) claim() error {
	if s.Owner == "" {
		return nil
	}
	owner, err := s.upkeep.Owner(s.Owner)
	if err != nil {
		return fmt.Errorf("look whose files these are: %w", err)
	}
	if owner != s.Owner {
		return fmt.Errorf("the files belong to the orders in another database, and would be removed as nobody's; name that database, or, if this one has their orders, remove %q beside the files", "owner")
	}
	return nil
}

// Ready returns nil when uploads can be stored: the folder can be written to and
// more than reserve bytes of its disk are free, or the bucket answers.
func (s *Service) Ready(reserve int64) error { return s.upkeep.Ready(reserve) }
