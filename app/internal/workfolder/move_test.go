package workfolder_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handover/app/internal/workfolder"
)

func TestMove(t *testing.T) {
	for _, tc := range []struct {
		name     string
		settings []setting
	}{
		{"on the same drive", nil},
		{"to another drive", []setting{workfolder.Copies}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := start(t, filepath.Join(t.TempDir(), "old"), []string{"Film"}, tc.settings...)
			old, film := f.Root(), dirOf(t, f, "Film")
			write(t, strings.Repeat("one", 100_000), film, "a", "one.txt")
			write(t, "hidden", film, "WIP", ".hidden")
			write(t, "mine", old, "Mine", "mine.txt")
			var links, linkNames []string
			if link(t, "a/one.txt", filepath.Join(film, "link")) {
				links, linkNames = []string{"link ->a/one.txt"}, []string{"Film/link"}
			}
			when := time.Unix(1_000_000_000, 0)
			must(t, os.Chtimes(filepath.Join(film, "a", "one.txt"), when, when))
			awaitFiles(t, f, "Film", append([]string{"WIP/ !unfinished", "a/one.txt"}, links...)...)
			to := filepath.Join(t.TempDir(), "some", "where")
			var done, total int64
			must(t, f.Move(t.Context(), to, func(d, all int64) { done, total = d, all }))
			if done != total || (total > 300_000) != (tc.settings != nil) {
				t.Errorf("%d of %d bytes", done, total)
			}
			if f.Root() != to || dirOf(t, f, "Film") != filepath.Join(to, "Film") {
				t.Errorf("%s, %s", f.Root(), dirOf(t, f, "Film"))
			}
			awaitFiles(t, f, "Film", append([]string{"WIP/ !unfinished", "a/one.txt"}, links...)...)
			awaitProblems(t, f)
			if id := snapshot(t, f, "Film").Files[1].Identity; id.ModTime != when.UnixNano() || id.Size != 300_000 {
				t.Errorf("%+v", id)
			}
			for _, name := range append(linkNames, "Film/WIP/.hidden", "Mine/mine.txt") {
				if _, err := os.Lstat(filepath.Join(to, name)); err != nil {
					t.Error(err)
				}
			}
			for _, gone := range []string{old, to + ".handover-moving"} {
				if _, err := os.Lstat(gone); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("%s: %v", gone, err)
				}
			}
			write(t, "two", to, "Film", "a", "two.txt")
			awaitFiles(t, f, "Film", append([]string{"WIP/ !unfinished", "a/one.txt", "a/two.txt"}, links...)...)
		})
	}
}

func TestMoveRefused(t *testing.T) {
	f := start(t, filepath.Join(t.TempDir(), "old"), []string{"Film"})
	write(t, "one", dirOf(t, f, "Film"), "one.txt")
	occupied := t.TempDir()
	write(t, "x", occupied, "x")
	for name, to := range map[string]string{
		"occupied": occupied, "a file": filepath.Join(occupied, "x", "y"), "itself": f.Root(),
		"inside": filepath.Join(f.Root(), "deep", "er"), "around": filepath.Dir(f.Root()),
	} {
		t.Run(name, func(t *testing.T) {
			if err := f.Move(t.Context(), to, nil); err == nil {
				t.Error("moved")
			}
			awaitFiles(t, f, "Film", "one.txt")
		})
	}
	if _, err := os.Stat(filepath.Join(occupied, "x")); err != nil {
		t.Error(err)
	}
}

func TestMoveCancelled(t *testing.T) {
	f := start(t, filepath.Join(t.TempDir(), "old"), []string{"Film"}, workfolder.Copies)
	write(t, "one", dirOf(t, f, "Film"), "one.txt")
	to := filepath.Join(t.TempDir(), "new")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := f.Move(ctx, to, func(int64, int64) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for _, gone := range []string{to, to + ".handover-moving"} {
		if _, err := os.Lstat(gone); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", gone, err)
		}
	}
	awaitFiles(t, f, "Film", "one.txt")
	write(t, "two", dirOf(t, f, "Film"), "two.txt")
	awaitFiles(t, f, "Film", "one.txt", "two.txt")
}

// TestMoveWhileWritten writes to the old place while it is copied.
func TestMoveWhileWritten(t *testing.T) {
	f := start(t, filepath.Join(t.TempDir(), "old"), []string{"Film"}, workfolder.Copies)
	film := dirOf(t, f, "Film")
	write(t, "one", film, "one.txt")
	write(t, "gone", film, "zzz.txt")
	to := filepath.Join(t.TempDir(), "new")
	wrote := false
	must(t, f.Move(t.Context(), to, func(int64, int64) {
		if !wrote {
			wrote = true
			write(t, "one, changed", film, "one.txt")
			write(t, "two", film, "a", "two.txt")
			must(t, os.Remove(filepath.Join(film, "zzz.txt")))
		}
	}))
	awaitFiles(t, f, "Film", "a/two.txt", "one.txt")
	if text, _ := os.ReadFile(filepath.Join(to, "Film", "one.txt")); string(text) != "one, changed" {
		t.Errorf("%q", text)
	}
}
