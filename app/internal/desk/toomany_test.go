package desk_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/backend/order"
)

func many(t *testing.T, dir string, n int) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d", i)), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// More files than a delivery can have are known before one is sent.
func TestTooManyFilesAreKnownBefore(t *testing.T) {
	s := newSeller(t)
	dir := filepath.Join(s.work, "many")
	many(t, dir, order.MaxFiles+1)
	d := s.open(t)
	if _, _, err := d.Attach(t.Context(), s.order, []string{dir}); problem.Explain(err) == nil || problem.Explain(err).Code != "too_many_files" {
		t.Fatalf("attached: %v", err)
	}
	if dr, err := d.Draft(s.order); err != nil || len(dr.Files) > 0 {
		t.Errorf("%d files, %v", len(dr.Files), err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}

	d = s.sync(t)
	// All of them appear at once, as from a folder that is moved there.
	if err := os.Rename(dir, filepath.Join(s.folder(t, d, s.order), "many")); err != nil {
		t.Fatal(err)
	}
	var dr draft.Draft
	until(t, "the draft says that there are too many", func() bool {
		if err := d.Folder.Rescan(t.Context()); err != nil {
			t.Fatal(err)
		}
		var err error
		if dr, err = d.Draft(s.order); err != nil {
			t.Fatal(err)
		}
		return len(dr.Files) > order.MaxFiles && dr.Files[0].State == draft.Problem && dr.Files[order.MaxFiles].State == draft.Problem
	})
	for _, f := range dr.Files {
		if f.Fault.Code != "too_many_files" || f.Upload != "" {
			t.Fatalf("%+v", f)
		}
	}
}
