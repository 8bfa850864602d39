package desk_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/app/internal/desk"
	"handover/app/internal/draft"
	"handover/app/internal/foldersync"
	"handover/app/internal/problem"
)

// code is that of an error as a screen would get it; "" for none.
func code(err error) string {
	if e := problem.Explain(err); e != nil {
		return e.Code
	}
	return ""
}

func workFolder(t *testing.T, d *desk.Desk) foldersync.Status {
	t.Helper()
	w, err := d.Folder.Status()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// again closes the desk and opens it anew, with its work folder on.
func (s *seller) again(t *testing.T, d *desk.Desk) *desk.Desk {
	t.Helper()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return s.sync(t)
}

func text(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestSwitchingTheWorkFolder(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, watching)
	if w := workFolder(t, d); w.Enabled || w.Watched || w.Asked || filepath.Base(w.Folder) != "Handover" {
		t.Errorf("at first: %+v", w)
	}
	if err := d.Folder.Skip(); err != nil || !workFolder(t, d).Asked || workFolder(t, d).Enabled {
		t.Errorf("skipped: %v, %+v", err, workFolder(t, d))
	}
	d = s.again(t, d)
	dir := s.folder(t, d, s.order)
	s.put(t, dir, "a.txt", 1000)
	want := s.verified(t, d, 1)

	if err := d.Session.SignOut(s.ctx()); err != nil {
		t.Fatal(err)
	}
	if w := workFolder(t, d); w.Watched || !w.Enabled {
		t.Errorf("signed out: %+v", w)
	}
	if err := d.Session.SignIn(s.ctx(), s.at, s.user.Email, s.user.Password, false); err != nil {
		t.Fatal(err)
	}
	if w := workFolder(t, d); !w.Watched || w.Folder != s.work {
		t.Errorf("signed in again: %+v", w)
	}
	reopen := func() {
		t.Helper()
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		d = s.open(t, watching)
	}
	if reopen(); !workFolder(t, d).Watched {
		t.Error("not watched after a new start")
	}

	if err := d.Folder.Disable(); err != nil {
		t.Fatal(err)
	}
	s.put(t, dir, "b.txt", 10)
	reopen()
	if w := workFolder(t, d); w.Watched || w.Enabled || !w.There {
		t.Errorf("turned off: %+v", w)
	}
	if diff := cmp.Diff(want, s.verified(t, d, 1)); diff != "" {
		t.Errorf("the draft: %s", diff)
	}
	if _, err := os.Stat(filepath.Join(dir, "a.txt")); err != nil {
		t.Error(err)
	}
	if err := d.Folder.Enable("", false); err != nil {
		t.Fatal(err)
	}
	s.verified(t, d, 2)
}

// A folder that was used and is gone is not made anew: its drive may be away.
func TestTheWorkFolderIsAway(t *testing.T) {
	s := newSeller(t)
	s.work = filepath.Join(s.work, "drive", "Handover")
	d := s.sync(t)
	s.put(t, s.folder(t, d, s.order), "a.txt", 10)
	s.verified(t, d, 1)
	if err := d.Folder.Disable(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Dir(s.work), s.home+"-away"); err != nil {
		t.Fatal(err)
	}
	if err := d.Folder.Enable("", false); err != nil {
		t.Fatal(err)
	}
	until(t, "it says so", func() bool {
		w := workFolder(t, d)
		return len(w.Problems) == 1 && w.Problems[0].Code == "root_missing" && !w.There
	})
	if _, err := d.Folder.Move(t.Context(), t.TempDir(), nil); code(err) != problem.CodeFolderGone {
		t.Errorf("moving it: %v", err)
	}
	if _, err := d.Folder.Rules(); code(err) != problem.CodeFolderGone {
		t.Errorf("its rules: %v", err)
	}
	if err := os.Rename(s.home+"-away", filepath.Dir(s.work)); err != nil {
		t.Fatal(err)
	}
	if err := d.Folder.Rescan(t.Context()); err != nil || len(workFolder(t, d).Problems) > 0 {
		t.Errorf("back again: %v, %+v", err, workFolder(t, d))
	}
	s.verified(t, d, 1)
}

func TestWorkFolderRefused(t *testing.T) {
	s := newSeller(t)
	d := s.open(t, watching)
	file := filepath.Join(s.work, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(s.work, "link")
	if err := os.Symlink(s.home, link); err != nil && runtime.GOOS != "windows" { // where few may make one
		t.Fatal(err)
	}
	user, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, dir, code string }{
		{"a file", file, problem.CodeFolderIsFile},
		{"below a file", filepath.Join(file, "x", "y"), problem.CodeFolderIsFile},
		{"the program's data", s.home, problem.CodeFolderInData},
		{"in the program's data", filepath.Join(s.home, "trial", "x"), problem.CodeFolderInData},
		{"by a link", filepath.Join(link, "x"), problem.CodeFolderInData},
		{"around the program's data", filepath.Dir(s.home), problem.CodeFolderWide},
		{"all of the user's files", user, problem.CodeFolderWide},
		{"the whole disk", "/", problem.CodeFolderWide},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := os.Lstat(link); tc.name == "by a link" && err != nil {
				t.Skip("no symbolic links here")
			}
			if err := d.Folder.Enable(tc.dir, false); code(err) != tc.code {
				t.Errorf("got %v", err)
			}
			if w := workFolder(t, d); w.Enabled || w.Watched {
				t.Errorf("%+v", w)
			}
		})
	}
	t.Run("not writable", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("a mode makes no folder so")
		}
		locked := filepath.Join(s.work, "locked")
		if err := os.Mkdir(locked, 0o555); err != nil {
			t.Fatal(err)
		}
		if os.Geteuid() == 0 { // who may write anywhere but where nobody may
			locked = "/sys/kernel"
		}
		if err := d.Folder.Enable(filepath.Join(locked, "Handover"), false); code(err) != problem.CodeFolderReadOnly {
			t.Errorf("got %v", err)
		}
	})
	t.Run("wide, but meant", func(t *testing.T) {
		if err := d.Folder.Enable(filepath.Dir(s.home), true); err != nil || !workFolder(t, d).Watched {
			t.Fatalf("%v, %+v", err, workFolder(t, d))
		}
		if _, err := d.Folder.Move(t.Context(), s.work, nil); code(err) != problem.CodeFolderWide {
			t.Errorf("moved it: %v", err)
		}
	})
}

func TestIgnoreRulesOfTheWindow(t *testing.T) {
	s := newSeller(t)
	d := s.sync(t)
	dir := s.folder(t, d, s.order)
	s.put(t, dir, "a.txt", 10)
	s.put(t, dir, "a.psd", 10)
	s.verified(t, d, 2)
	save := func(before, text string, faults int, want string) {
		t.Helper()
		found, err := d.Folder.SaveRules(t.Context(), before, text)
		if len(found) != faults || code(err) != want {
			t.Errorf("saved %q: %v, %v", text, found, err)
		}
	}
	rules := "# sources\n*.psd\n"
	save("", rules+"[a\n", 1, "")
	if got, err := d.Folder.Rules(); err != nil || got != "" {
		t.Errorf("a faulty rule was saved: %q, %v", got, err)
	}
	save("", rules, 0, "")
	until(t, "the draft follows", func() bool {
		dr, err := d.Draft(s.order)
		return err == nil && len(dr.Files) == 1 && dr.Files[0].Path == "a.txt"
	})
	save("", "*.mov", 0, "conflict")
	save("", rules, 0, "") // a retry whose answer was lost
	if got, err := d.Folder.Rules(); err != nil || got != rules {
		t.Errorf("%q, %v", got, err)
	}
	save(rules, strings.Repeat("x\n", 40_000), 0, problem.CodeInternal)
	save(rules, "", 0, "")
	s.verified(t, d, 2)
}

// otherDrive is a folder on another drive than temporary folders are on.
func otherDrive(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "handover-")
	if err != nil {
		t.Skip("no other drive here:", err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Rename(t.TempDir(), filepath.Join(dir, "x")); err == nil {
		t.Skip("no other drive here")
	}
	return dir
}

func TestMoveFolder(t *testing.T) {
	for _, tc := range []struct {
		name  string
		place func(*testing.T) string
		sync  bool
	}{
		{"on the drive", func(t *testing.T) string { return t.TempDir() }, true},
		{"on the drive, turned off", func(t *testing.T) string { return t.TempDir() }, false},
		{"to another drive", otherDrive, true},
		{"to another drive, turned off", otherDrive, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			above := tc.place(t)
			s := newSeller(t)
			sent := s.line.contents()
			d := s.sync(t)
			dir := s.folder(t, d, s.order)
			old := filepath.Dir(dir)
			s.put(t, dir, "a.txt", 1<<20)
			s.put(t, dir, "WIP/b.mov", 2<<20)
			want := s.verified(t, d, 1)
			if !tc.sync {
				if err := d.Folder.Disable(); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(above, "mine"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			before := sent.Load()
			to, err := d.Folder.Move(t.Context(), above, nil)
			if err != nil || to != filepath.Join(above, filepath.Base(old)) {
				t.Fatalf("moved to %s: %v", to, err)
			}
			if w := workFolder(t, d); w.Folder != to || w.Moving != nil || w.MovingTo != "" || w.Watched != tc.sync {
				t.Errorf("%+v", w)
			}
			if _, err := os.Lstat(old); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the old place: %v", err)
			}
			if n := len(text(t, filepath.Join(to, "Film", "WIP", "b.mov"))); n != 2<<20 {
				t.Errorf("%d bytes", n)
			}
			if diff := cmp.Diff(want, s.verified(t, d, 1)); diff != "" {
				t.Error(diff)
			}
			dr, err := d.Draft(s.order)
			if err != nil || dr.Files[0].Source != filepath.Join(to, "Film", "a.txt") {
				t.Errorf("the draft: %+v, %v", dr.Files, err)
			}
			if again := sent.Load() - before; again > 10_000 {
				t.Errorf("%d bytes were sent again", again)
			}
			s.work = to
			d = s.again(t, d)
			s.put(t, filepath.Join(to, "Film"), "c.txt", 10)
			s.verified(t, d, 2)
		})
	}
}

func TestMoveFolderFails(t *testing.T) {
	above := otherDrive(t)
	s := newSeller(t)
	d := s.sync(t)
	dir := s.folder(t, d, s.order)
	s.put(t, dir, "a.txt", 3<<20)
	want := s.verified(t, d, 1)
	occupied := filepath.Join(above, "occupied")
	if err := os.MkdirAll(filepath.Join(occupied, filepath.Base(s.work), "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, to, code string }{
		{"into itself", filepath.Join(dir, "x"), problem.CodeFolderOccupied},
		{"to where it is", s.work, problem.CodeFolderOccupied},
		{"to where something is", occupied, problem.CodeFolderOccupied},
		{"into the program's data", filepath.Join(s.home, "x"), problem.CodeFolderInData},
		{"onto a file", filepath.Join(dir, "a.txt"), problem.CodeFolderIsFile},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := d.Folder.Move(t.Context(), tc.to, nil); code(err) != tc.code {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("stopped half-way", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		seen := foldersync.Moving{}
		_, err := d.Folder.Move(ctx, filepath.Join(above, "new"), func(m foldersync.Moving) {
			seen = m
			if w := workFolder(t, d); w.Moving == nil || w.Moving.To != m.To {
				t.Errorf("it is not said to move: %+v", w.Moving)
			}
			if err := d.Folder.Disable(); code(err) != problem.CodeFolderMoving {
				t.Errorf("turned off meanwhile: %v", err)
			}
			cancel()
		})
		if code(err) != problem.CodeCancelled || seen.Total < 3<<20 {
			t.Errorf("got %v, %+v", err, seen)
		}
		if left, err := os.ReadDir(above); err != nil || len(left) != 1 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
	t.Run("stopped by signing out", func(t *testing.T) {
		out := make(chan error, 1)
		began := false
		_, err := d.Folder.Move(t.Context(), filepath.Join(above, "new"), func(foldersync.Moving) {
			if !began {
				began = true
				go func() { out <- d.Session.SignOut(s.ctx()) }()
			}
		})
		if !began {
			t.Fatalf("it did not begin: %v", err)
		}
		if signedOut := <-out; signedOut != nil {
			t.Error(signedOut)
		}
		if err != nil && code(err) != problem.CodeCancelled {
			t.Errorf("got %v", err)
		}
	})
	d = s.again(t, d)
	if diff := cmp.Diff(want, s.verified(t, d, 1)); diff != "" {
		t.Error(diff)
	}
}

// A crash at any point of a move leaves a work folder that is found.
func TestMoveFolderKilled(t *testing.T) {
	for _, tc := range []struct {
		name  string
		crash func(t *testing.T, old, to string)
		moved bool
	}{
		{"before anything", func(*testing.T, string, string) {}, false},
		{"while it copied", func(t *testing.T, _, to string) {
			if err := os.MkdirAll(filepath.Join(to+".handover-moving", "Film"), 0o755); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"once it was there", func(t *testing.T, old, to string) {
			if err := os.Rename(old, to); err != nil {
				t.Fatal(err)
			}
		}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSeller(t)
			d := s.sync(t)
			s.put(t, s.folder(t, d, s.order), "a.txt", 10)
			s.verified(t, d, 1)
			old, to := workFolder(t, d).Folder, filepath.Join(t.TempDir(), "new")
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			store, err := draft.Open(filepath.Join(s.home, "handover.db"))
			if err == nil {
				err = store.PutSetting("work_folder", foldersync.Settings{Folder: old, Enabled: true, Used: true, Asked: true, MovingTo: to})
			}
			if err == nil {
				err = store.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
			tc.crash(t, old, to)
			d = s.sync(t)
			w := workFolder(t, d)
			if want := map[bool]string{false: old, true: to}[tc.moved]; w.Folder != want || w.MovingTo != "" {
				t.Errorf("%+v, want %s", w.Settings, want)
			}
			if _, err := os.Lstat(to + ".handover-moving"); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("half a copy is left: %v", err)
			}
			s.verified(t, d, 1)
			dr, err := d.Draft(s.order)
			if err != nil || dr.Files[0].Source != filepath.Join(w.Folder, "Film", "a.txt") {
				t.Errorf("%+v, %v", dr.Files, err)
			}
		})
	}
}
