package draft_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"handover/app/internal/draft"
)

// Many changes at once are all kept, and one of a file that is not there fails
// alone.
func TestManyFilesAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "drafts.db")
	s := open(t, path)
	const files, changes = 20, 10
	var list []draft.File
	for n := range files {
		list = append(list, draft.File{Path: fmt.Sprintf("%02d", n), State: draft.Queued})
	}
	if _, err := s.PutFiles("1", list); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for n := range files * changes {
		all.Go(func() {
			f, err := s.UpdateFile("1", list[n%files].Path, func(f *draft.File) { f.Size++ })
			if err != nil || f.Path != list[n%files].Path || f.Size == 0 {
				t.Errorf("%+v, %v", f, err)
			}
		})
		all.Go(func() {
			for _, order := range []string{"1", "2"} {
				if _, err := s.UpdateFile(order, "missing", func(*draft.File) {}); !errors.Is(err, draft.ErrNoFile) {
					t.Errorf("a file that is not there: %v", err)
				}
			}
		})
	}
	all.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.UpdateFile("1", "00", func(*draft.File) {}); err == nil {
		t.Error("a change after the end")
	}
	d, err := open(t, path).Draft("1")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range d.Files {
		if f.Size != changes {
			t.Errorf("%s was changed %d times", f.Path, f.Size)
		}
	}
	if len(d.Files) != files {
		t.Errorf("%d files", len(d.Files))
	}
}
