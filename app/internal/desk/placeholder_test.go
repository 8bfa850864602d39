package desk_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/preflight"
	"handover/app/internal/problem"
)

// placeholders are how clouds and version control replace a file. Each function
// replaces film.mov in the folder and returns what puts it back.
var placeholders = map[string]func(t *testing.T, dir string) (back func()){
	"iCloud":    renamed(".film.mov.icloud"),
	"Nextcloud": renamed("film.mov.nextcloud"),
	"Git LFS": func(t *testing.T, dir string) func() {
		path := filepath.Join(dir, "film.mov")
		film, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, []byte("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9000\n"))
		return func() { write(t, path, film) }
	},
}

func renamed(name string) func(*testing.T, string) func() {
	return func(t *testing.T, dir string) func() {
		film, placeholder := filepath.Join(dir, "film.mov"), filepath.Join(dir, name)
		content, err := os.ReadFile(film)
		if err == nil {
			err = os.Rename(film, placeholder)
		}
		if err != nil {
			t.Fatal(err)
		}
		write(t, placeholder, []byte("bplist00"))
		return func() {
			write(t, film, content)
			if err := os.Remove(placeholder); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// isAway reports whether the draft's only file is a problem that says what to do.
func isAway(t *testing.T, d *desk.Desk, id, service string) bool {
	t.Helper()
	dr, err := d.Draft(id)
	if err != nil {
		t.Fatal(err)
	}
	if len(dr.Files) > 1 {
		t.Fatalf("the draft has %d files", len(dr.Files))
	}
	return len(dr.Files) == 1 && dr.Files[0].Path == "film.mov" && dr.Files[0].State == draft.Problem &&
		dr.Files[0].Fault.Code == problem.CodePlaceholder && strings.Contains(dr.Files[0].Fault.Message, service)
}

func refusesToDeliver(t *testing.T, d *desk.Desk, id string) {
	t.Helper()
	var e *problem.Error
	if o, err := d.Delivery.Deliver(t.Context(), id, false); !errors.As(problem.Explain(err), &e) || e.Code != problem.CodePlaceholder || !strings.Contains(e.Message, "film.mov: ") {
		t.Fatalf("delivered %v, %v", o.Deliveries, err)
	}
	found, err := d.Preflight(t.Context(), id)
	if err != nil || len(found) != 1 || found[0].Code != preflight.Placeholder {
		t.Errorf("the preflight says %v, %v", found, err)
	}
}

// A placeholder that replaces a verified file in the work folder takes nothing
// out of the draft and is not delivered, and the file recovers by itself.
func TestAPlaceholderInTheWorkFolder(t *testing.T) {
	for service, replace := range placeholders {
		t.Run(service, func(t *testing.T) {
			s := newSeller(t)
			d := s.sync(t)
			dir := s.folder(t, d, s.order)
			want := s.put(t, dir, "film.mov", 9000)
			s.verified(t, d, 1)
			if _, err := d.Describe(s.order, "The film"); err != nil {
				t.Fatal(err)
			}
			back := replace(t, dir)
			until(t, "the file is a problem", func() bool { return isAway(t, d, s.order, service) })
			refusesToDeliver(t, d, s.order)
			if !isAway(t, d, s.order, service) {
				t.Error("it is no longer in the draft")
			}
			back()
			until(t, "the file is verified again", func() bool {
				dr, err := d.Draft(s.order)
				return err == nil && len(dr.Files) == 1 && dr.Files[0].State == draft.Verified && dr.Files[0].SHA256 == want
			})
			if _, err := d.Delivery.DeliverAndWait(t.Context(), s.order, false); err != nil {
				t.Error(err)
			}
		})
	}
}

// The same for a file that was attached, without and with its folder.
func TestAPlaceholderOfAnAttachedFile(t *testing.T) {
	for service, replace := range placeholders {
		t.Run(service, func(t *testing.T) {
			s := newSeller(t)
			d := s.open(t, func(o *desk.Options) { o.Background = true })
			film, want := s.file(t, "film.mov", 9000)
			s.attach(t, d, film)
			s.verified(t, d, 1)
			if _, err := d.Describe(s.order, "The film"); err != nil {
				t.Fatal(err)
			}
			back := replace(t, s.work)
			refusesToDeliver(t, d, s.order)
			s.attach(t, d, film)
			if !isAway(t, d, s.order, service) {
				t.Error("attached again, it is no problem")
			}
			back()
			if _, err := d.Delivery.Deliver(t.Context(), s.order, false); err != nil {
				t.Fatal(err)
			}
			o, _, _, err := d.Orders.Refresh(t.Context(), s.order)
			if err != nil || o.Deliveries[0].Files[0].SHA256 != want {
				t.Errorf("%v, %v", o.Deliveries, err)
			}
		})
	}
}

// A folder that holds a placeholder is attached with the file that it stands
// for, which is sent once it is there.
func TestAFolderWithAPlaceholderIsAttached(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, func(o *desk.Options) { o.Background = true })
	dir := filepath.Join(s.work, "work")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, ".film.mov.icloud"), []byte("bplist00"))
	s.attach(t, d, dir)
	dr, err := d.Draft(s.order)
	if err != nil || len(dr.Files) != 1 || dr.Files[0].Path != "work/film.mov" || dr.Files[0].Fault.Code != problem.CodePlaceholder {
		t.Fatalf("%+v, %v", dr.Files, err)
	}
	write(t, filepath.Join(dir, "film.mov"), []byte("film"))
	s.verified(t, d, 1)
}

// A system that makes room after a delivery does not begin the next one.
func TestAPlaceholderOfDeliveredWork(t *testing.T) {
	s := newSeller(t)
	d := s.sync(t)
	dir := s.folder(t, d, s.order)
	s.put(t, dir, "film.mov", 9000)
	s.verified(t, d, 1)
	if _, err := d.Describe(s.order, "The film"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Delivery.DeliverAndWait(t.Context(), s.order, false); err != nil {
		t.Fatal(err)
	}
	placeholders["iCloud"](t, dir)
	if err := d.Folder.Rescan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if dr, err := d.Draft(s.order); err != nil || !dr.Empty() {
		t.Errorf("%+v, %v", dr, err)
	}
}
