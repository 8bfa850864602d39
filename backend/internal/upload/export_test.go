package upload

import "errors"

// WithoutLinks makes the service one over a file system that has no hard links.
func (s *Service) WithoutLinks() {
	s.media.(*folder).link = func(string, string) error { return errors.ErrUnsupported }
}
