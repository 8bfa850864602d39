package upload

import (
	"context"
	"errors"
	"testing"
)

// WithoutLinks makes the service one over a file system that has no hard links.
func (s *Service) WithoutLinks() {
	s.media.(*folder).link = func(string, string) error { return errors.ErrUnsupported }
}

// SetPartSize makes the parts of new uploads in a bucket smaller.
func (s *Service) SetPartSize(size int64) { s.media.(*bucket).partSize = size }

// EndMultiparts ends all multipart uploads, as the rule of a bucket may.
func (s *Service) EndMultiparts(t *testing.T) {
	b := s.media.(*bucket)
	err := b.eachMultipart(t.Context(), func(o listed) error { return b.abort(o.name, o.uploadID) })
	if err != nil {
		t.Fatal(err)
	}
}

// TempSpace returns how to get some of so many bytes for temporary files, and to
// give them back.
func TempSpace(dir string, size int64) func(ctx context.Context, size int64) (release func(), err error) {
	space := newTempSpace(dir, size)
	return func(ctx context.Context, size int64) (func(), error) {
		s, err := space.spool(ctx, size)
		if err != nil {
			return func() {}, err
		}
		return s.release, nil
	}
}

// BeginMultipart begins a multipart upload of which no info knows.
func (s *Service) BeginMultipart(t *testing.T, id string) {
	if _, err := s.media.(*bucket).createMultipart(contentOf(id)); err != nil {
		t.Fatal(err)
	}
}
