package workfolder_test

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"handover/app/internal/content"
	"handover/app/internal/workfolder"
)

// quiet is the quiet period of the tests. They wait for states, so that it only
// says how fast they are.
const quiet = 50 * time.Millisecond

// soak is the variable with the number of random histories.
const soak = "HANDOVER_SOAK"

func TestMain(m *testing.M) {
	flag.Parse()
	checks := os.Getenv(soak)
	if checks == "" {
		checks = "50"
	}
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	if !set {
		flag.Set("rapid.checks", checks)
	}
	goleak.VerifyTestMain(m)
}

// failer is a test or a random history.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

var silent = slog.New(slog.DiscardHandler)

type setting func(*workfolder.Config)

func open(t failer, root string, settings ...setting) *workfolder.Folder {
	t.Helper()
	c := workfolder.Config{Root: root, Create: true, Quiet: quiet, Log: silent}
	for _, s := range settings {
		s(&c)
	}
	f, err := workfolder.Open(c)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return f
}

// start opens a work folder with orders, which are named by their titles.
func start(t *testing.T, root string, titles []string, settings ...setting) *workfolder.Folder {
	t.Helper()
	f := open(t, root, settings...)
	t.Cleanup(func() { f.Close() })
	setOrders(t, f, titles...)
	return f
}

func setOrders(t failer, f *workfolder.Folder, titles ...string) {
	t.Helper()
	orders := make([]workfolder.Order, len(titles))
	for i, title := range titles {
		orders[i] = workfolder.Order{ID: "id-" + title, Title: title}
	}
	if err := f.SetOrders(context.Background(), orders); err != nil {
		t.Fatalf("set orders: %v", err)
	}
}

func snapshot(t failer, f *workfolder.Folder, title string) workfolder.Snapshot {
	t.Helper()
	s, ok := f.Snapshot("id-" + title)
	if !ok {
		t.Fatalf("order %q is not open", title)
	}
	return s
}

func dirOf(t failer, f *workfolder.Folder, title string) string {
	t.Helper()
	return snapshot(t, f, title).Dir
}

// await waits until ask returns "", which otherwise says what is not right yet.
func await(t failer, ask func() string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		wrong := ask()
		if wrong == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still after a minute: %s", wrong)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// brief describes a snapshot: "path" for a file at rest, "path ?" for one that
// settles, "path !reason" for what is left out, and
// "path ->target" for a symbolic link.
func brief(s workfolder.Snapshot) []string {
	lines := []string{}
	for _, f := range s.Files {
		line := f.Path
		if f.Folder {
			line += "/"
		}
		switch f.State {
		case workfolder.Settling:
			line += " ?"
			if f.InUse {
				line += "in_use"
			}
		case workfolder.LeftOut:
			line += " !" + string(f.Reason)
		case workfolder.Linked:
			line += " ->" + f.Detail
		}
		lines = append(lines, line)
	}
	return lines
}

func awaitFiles(t failer, f *workfolder.Folder, title string, want ...string) {
	t.Helper()
	if want == nil {
		want = []string{}
	}
	await(t, func() string {
		s := snapshot(t, f, title)
		if !s.Complete {
			return title + " is not complete"
		}
		return cmp.Diff(want, brief(s))
	})
}

// onDisk is what os says of the regular files in dir, without those that the
// random histories leave out.
func onDisk(t failer, dir string) map[string]content.Identity {
	t.Helper()
	found := map[string]content.Identity{}
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if p != dir && e.IsDir() && strings.HasPrefix(strings.ToLower(e.Name()), "wip") {
			return fs.SkipDir
		}
		if !e.Type().IsRegular() || e.Name()[0] == '.' || strings.HasSuffix(e.Name(), ".crdownload") {
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		found[filepath.ToSlash(rel)] = content.Seen(p, info)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("walk: %v", err)
	}
	return found
}

func awaitDisk(t failer, f *workfolder.Folder, title string) {
	t.Helper()
	await(t, func() string {
		s := snapshot(t, f, title)
		if !s.Complete {
			return title + " is not complete"
		}
		got := map[string]content.Identity{}
		for _, file := range s.Files {
			switch file.State {
			case workfolder.Present:
				got[file.Path] = file.Identity
			case workfolder.Settling:
				return file.Path + " settles"
			}
		}
		return cmp.Diff(onDisk(t, s.Dir), got)
	})
}

func write(t failer, content string, path ...string) string {
	t.Helper()
	name := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatalf("%v", err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatalf("%v", err)
	}
	return name
}

// link makes a symbolic link, where the system and the user's rights allow it.
func link(t *testing.T, target, name string) (made bool) {
	t.Helper()
	err := os.Symlink(target, name)
	if runtime.GOOS != "windows" {
		must(t, err)
		return true
	}
	_, missing := os.Lstat(name)
	return err == nil && missing == nil
}

func must(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
}
