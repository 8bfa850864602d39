package upload

import (
	"errors"

	"handover/backend/internal/upload/bucket"
	"handover/backend/internal/upload/folder"
)

// WithoutLinks makes the service behave as on a file system without hard links.
func (s *Service) WithoutLinks() {
	s.writer.(*folder.Store).Link = func(string, string) error { return errors.ErrUnsupported }
}

// SetPartSize makes the parts of new uploads in a bucket smaller.
func (s *Service) SetPartSize(size int64) { s.writer.(*bucket.Store).PartSize = size }
