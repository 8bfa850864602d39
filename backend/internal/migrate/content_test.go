package migrate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"handover/backend/internal/migrate"
	"handover/backend/order"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shelves are a place with files and one that they are to be carried to.
type shelves struct {
	*testing.T
	uploads []order.Upload

	mu     sync.Mutex
	here   map[string]string
	asked  int
	noted  string
	adopt  func(u order.Upload) error // before it is stored; nil for nothing
	broken string                     // the ID of an upload that cannot be opened
}

func (s *shelves) content() migrate.Content {
	return migrate.Content{
		Each: func(_ context.Context, f func(order.Upload) error) error {
			for _, u := range s.uploads {
				if err := f(u); err != nil {
					return err
				}
			}
			return nil
		},
		Open: func(u order.Upload) (io.ReadCloser, error) {
			if u.ID == s.broken {
				return nil, errBroken
			}
			return io.NopCloser(strings.NewReader(text(u))), nil
		},
		Adopt: func(_ context.Context, u order.Upload, content io.Reader) error {
			if s.adopt != nil {
				if err := s.adopt(u); err != nil {
					return err
				}
			}
			raw, err := io.ReadAll(content)
			s.mu.Lock()
			defer s.mu.Unlock()
			s.here[u.ID], s.asked = string(raw), s.asked+1
			return err
		},
		Note: func(_ context.Context, id string) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.noted = id
			return nil
		},
	}
}

var errBroken = errors.New("it cannot be opened")

func text(u order.Upload) string {
	return string(bytes.Repeat([]byte(u.ID), int(u.Size)/len(u.ID)))
}

func newShelves(t *testing.T, n int) *shelves {
	s := &shelves{T: t, here: map[string]string{}}
	for i := range n {
		id := fmt.Sprintf("upload%04d", i)
		s.uploads = append(s.uploads, order.Upload{ID: id, Size: int64(len(id) * (i % 7))})
	}
	s.uploads[1].Size = int64(len(s.uploads[1].ID)) << 20 // told of as it goes
	return s
}

// complete demands that every file is here, those after the one alone when asked
// for again.
func (s *shelves) complete() {
	s.Helper()
	for _, u := range s.uploads {
		if got, ok := s.here[u.ID]; !ok || got != text(u) {
			s.Fatalf("upload %s: here: %t, %d of %d bytes", u.ID, ok, len(got), u.Size)
		}
	}
	if last := s.uploads[len(s.uploads)-1].ID; s.noted != last {
		s.Errorf("what was noted is %q; want %q", s.noted, last)
	}
}

func TestContentIsCarried(t *testing.T) {
	s := newShelves(t, 500)
	var last migrate.Progress
	moved := false // while the large file was on its way
	files, size, err := s.content().Carry(t.Context(), "", func(p migrate.Progress) {
		moved = moved || p.DoneBytes > 0 && p.DoneBytes < s.uploads[1].Size && p.DoneBytes > 1<<20
		last = p
	})
	if err != nil || files != 500 {
		t.Fatalf("%d files, %v", files, err)
	}
	s.complete()
	if last.Done != 500 || last.Total != 500 || last.DoneBytes != size || last.TotalBytes != size || !moved {
		t.Errorf("at the end the progress is %+v of %d bytes; moved: %t", last, size, moved)
	}
}

// What fails or is interrupted goes on after the last file before which none is
// missing.
func TestContentGoesOn(t *testing.T) {
	for name, stop := range map[string]func(s *shelves, cancel func(), u order.Upload) error{
		"after a failure": func(_ *shelves, _ func(), u order.Upload) error {
			if u.ID == "upload0300" {
				return errBroken
			}
			return nil
		},
		"after an interruption": func(_ *shelves, cancel func(), u order.Upload) error {
			if u.ID == "upload0300" {
				cancel()
				return context.Canceled
			}
			return nil
		},
		"after one that could not be opened": func(s *shelves, _ func(), _ order.Upload) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelves(t, 500)
			if strings.HasSuffix(name, "opened") {
				s.broken = "upload0300"
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s.adopt = func(u order.Upload) error { return stop(s, cancel, u) }
			files, _, err := s.content().Carry(ctx, "", func(migrate.Progress) {})
			if !errors.Is(err, errBroken) && !errors.Is(err, context.Canceled) {
				t.Fatalf("it says %v", err)
			}
			if files > 300 || files > 0 && s.noted != s.uploads[files-1].ID {
				t.Fatalf("%d files were carried, noted is %q", files, s.noted)
			}
			for _, u := range s.uploads[:files] {
				if _, ok := s.here[u.ID]; !ok {
					t.Fatalf("upload %s was noted and is not here", u.ID)
				}
			}
			s.adopt, s.broken, s.asked = nil, "", 0
			rest, _, err := s.content().Carry(t.Context(), s.noted, func(migrate.Progress) {})
			if err != nil || files+rest != 500 || s.asked != int(rest) {
				t.Fatalf("the rest: %d files of %d, asked %d times, %v", rest, 500-files, s.asked, err)
			}
			s.complete()
		})
	}
}
