package workfolder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/app/internal/workfolder"
)

// awaitProblems waits for problems with these codes, each with the base name of its path.
func awaitProblems(t failer, f *workfolder.Folder, want ...string) {
	t.Helper()
	await(t, func() string {
		got := []string(nil)
		for _, p := range f.Problems() {
			got = append(got, string(p.Code)+" "+filepath.Base(p.Path))
		}
		return cmp.Diff(want, got)
	})
}

func base(t failer, f *workfolder.Folder, title string) string {
	return filepath.Base(dirOf(t, f, title))
}

func copyTree(t failer, from, to string) {
	t.Helper()
	must(t, os.CopyFS(to, os.DirFS(from)))
}

func TestPlaces(t *testing.T) {
	t.Run("one per order, also of equal titles", func(t *testing.T) {
		root := t.TempDir()
		f := open(t, root)
		defer f.Close()
		must(t, f.SetOrders(t.Context(), []workfolder.Order{{ID: "1", Title: "Film"}, {ID: "2", Title: "FILM"}, {ID: "3", Title: "Film"}}))
		for id, want := range map[string]string{"1": "Film", "2": "FILM (2)", "3": "Film (3)"} {
			if s, ok := f.Snapshot(id); !ok || s.Dir != filepath.Join(f.Root(), want) || !s.Complete {
				t.Errorf("%s: %+v", id, s)
			}
		}
	})
	t.Run("an empty folder of the name is taken, another is not", func(t *testing.T) {
		root := t.TempDir()
		must(t, os.Mkdir(filepath.Join(root, "Film"), 0o755))
		write(t, "mine", root, "Fotos", "mine.txt")
		f := start(t, root, []string{"Film", "Fotos"})
		if base(t, f, "Film") != "Film" || base(t, f, "Fotos") != "Fotos (2)" {
			t.Errorf("%q, %q", base(t, f, "Film"), base(t, f, "Fotos"))
		}
	})
	t.Run("kept when the title changes and after a restart", func(t *testing.T) {
		root := t.TempDir()
		for _, title := range []string{"Film", "Another", "Third"} {
			f := open(t, root)
			must(t, f.SetOrders(t.Context(), []workfolder.Order{{ID: "1", Title: title}}))
			if s, _ := f.Snapshot("1"); filepath.Base(s.Dir) != "Film" {
				t.Errorf("%s: %s", title, s.Dir)
			}
			must(t, f.Close())
		}
	})
	t.Run("renamed and moved within the root", func(t *testing.T) {
		f := start(t, t.TempDir(), []string{"Film"})
		write(t, "one", dirOf(t, f, "Film"), "sub", "one.txt")
		awaitFiles(t, f, "Film", "sub/one.txt")
		for _, name := range []string{"Kino", "2026/Clients/Kino", "Film"} {
			to := filepath.Join(f.Root(), name)
			must(t, os.MkdirAll(filepath.Dir(to), 0o755))
			must(t, os.Rename(dirOf(t, f, "Film"), to))
			await(t, func() string { return cmp.Diff(to, dirOf(t, f, "Film")) })
			write(t, "two", to, "sub", "two.txt")
			awaitFiles(t, f, "Film", "sub/one.txt", "sub/two.txt")
			must(t, os.Remove(filepath.Join(to, "sub", "two.txt")))
			awaitFiles(t, f, "Film", "sub/one.txt")
		}
	})
	t.Run("deleted", func(t *testing.T) {
		f := start(t, t.TempDir(), []string{"Film"})
		write(t, "one", dirOf(t, f, "Film"), "one.txt")
		awaitFiles(t, f, "Film", "one.txt")
		must(t, os.RemoveAll(dirOf(t, f, "Film")))
		awaitFiles(t, f, "Film")
		await(t, func() string {
			if _, err := os.Stat(dirOf(t, f, "Film")); err != nil {
				return err.Error()
			}
			return ""
		})
		write(t, "two", dirOf(t, f, "Film"), "two.txt")
		awaitFiles(t, f, "Film", "two.txt")
	})
	t.Run("the ID file is written again", func(t *testing.T) {
		f := start(t, t.TempDir(), []string{"Film"})
		write(t, "one", dirOf(t, f, "Film"), "one.txt")
		id := filepath.Join(dirOf(t, f, "Film"), workfolder.IDFile)
		must(t, os.Remove(id))
		await(t, func() string {
			text, _ := os.ReadFile(id)
			if !strings.Contains(string(text), "order id-Film\n") {
				return "no ID file"
			}
			return ""
		})
		awaitFiles(t, f, "Film", "one.txt")
	})
	t.Run("closed orders are left alone", func(t *testing.T) {
		f := start(t, t.TempDir(), []string{"Film", "Fotos"})
		film := dirOf(t, f, "Film")
		setOrders(t, f, "Fotos")
		if _, ok := f.Snapshot("id-Film"); ok {
			t.Error("still open")
		}
		write(t, "one", film, "one.txt")
		write(t, "two", dirOf(t, f, "Fotos"), "two.txt")
		awaitFiles(t, f, "Fotos", "two.txt")
		setOrders(t, f, "Fotos", "Film")
		awaitFiles(t, f, "Film", "one.txt")
		if dirOf(t, f, "Film") != film {
			t.Errorf("opened again in %s", dirOf(t, f, "Film"))
		}
	})
	t.Run("orders that cannot be", func(t *testing.T) {
		f := start(t, t.TempDir(), nil)
		for _, id := range []string{"", "a\nb", " a", strings.Repeat("a", 201)} {
			if err := f.SetOrders(t.Context(), []workfolder.Order{{ID: id, Title: "x"}}); err == nil {
				t.Errorf("%q is taken", id)
			}
		}
	})
}

func TestCopies(t *testing.T) {
	t.Run("while it is watched", func(t *testing.T) {
		f := start(t, t.TempDir(), []string{"Film"})
		film := write(t, "one", dirOf(t, f, "Film"), "one.txt")
		awaitFiles(t, f, "Film", "one.txt")
		copied := filepath.Join(f.Root(), "A copy")
		copyTree(t, filepath.Dir(film), copied)
		awaitProblems(t, f, "folder_copied A copy")
		if dirOf(t, f, "Film") != filepath.Dir(film) {
			t.Error("the copy won")
		}
		must(t, os.Remove(filepath.Join(copied, workfolder.IDFile)))
		awaitProblems(t, f)
	})
	t.Run("and the first renamed, while nothing is watched", func(t *testing.T) {
		root := t.TempDir()
		f := open(t, root)
		setOrders(t, f, "Film")
		film := dirOf(t, f, "Film")
		write(t, "one", film, "one.txt")
		must(t, f.Close())
		must(t, os.Rename(film, film+" Z"))
		copyTree(t, film+" Z", film)
		write(t, "two", film, "two.txt")
		f = start(t, root, []string{"Film"})
		awaitFiles(t, f, "Film", "one.txt")
		awaitProblems(t, f, "folder_copied Film")
	})
	t.Run("in the folder itself", func(t *testing.T) {
		f := start(t, t.TempDir(), []string{"Film"})
		film := dirOf(t, f, "Film")
		write(t, "one", film, "one.txt")
		copyTree(t, film, filepath.Join(t.TempDir(), "x"))
		copyTree(t, film, filepath.Join(film, "..", "tmp"))
		must(t, os.Rename(filepath.Join(film, "..", "tmp"), filepath.Join(film, "copy")))
		awaitFiles(t, f, "Film", "copy/ !other_folder", "one.txt")
		awaitProblems(t, f, "folder_copied copy")
	})
	t.Run("an order's folder in another's", func(t *testing.T) {
		root := t.TempDir()
		f := open(t, root)
		setOrders(t, f, "A", "B")
		write(t, "one", dirOf(t, f, "A"), "one.txt")
		write(t, "two", dirOf(t, f, "B"), "two.txt")
		awaitFiles(t, f, "B", "two.txt")
		must(t, os.Rename(dirOf(t, f, "B"), filepath.Join(dirOf(t, f, "A"), "b")))
		check := func() {
			t.Helper()
			await(t, func() string { return cmp.Diff(filepath.Join(f.Root(), "A", "b"), dirOf(t, f, "B")) })
			awaitFiles(t, f, "A", "b/ !other_folder", "one.txt")
			awaitFiles(t, f, "B", "two.txt")
		}
		check()
		must(t, f.Close())
		f = start(t, root, []string{"A", "B"})
		check()
		write(t, "three", dirOf(t, f, "B"), "three.txt")
		awaitFiles(t, f, "B", "three.txt", "two.txt")
	})
	t.Run("restored from a backup", func(t *testing.T) {
		from, to := t.TempDir(), t.TempDir()
		f := open(t, from)
		setOrders(t, f, "Film")
		write(t, "one", dirOf(t, f, "Film"), "one.txt")
		must(t, f.Close())
		copyTree(t, from, filepath.Join(to, "Handover"))
		f = start(t, filepath.Join(to, "Handover"), []string{"Film"})
		awaitFiles(t, f, "Film", "one.txt")
		// From now on it is the one that a copy is a copy of.
		copyTree(t, dirOf(t, f, "Film"), filepath.Join(f.Root(), "A"))
		awaitProblems(t, f, "folder_copied A")
	})
}
