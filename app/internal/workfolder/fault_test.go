package workfolder_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/app/internal/leftout"
	"handover/app/internal/workfolder"
)

// polls makes scans quick where there are no events.
func polls(c *workfolder.Config) {
	workfolder.Tune(c, nil, 0, false, 50*time.Millisecond, 0)
}

func TestUnpluggedDrive(t *testing.T) {
	root := filepath.Join(t.TempDir(), "drive")
	f := start(t, root, []string{"Film"}, polls)
	one := write(t, "one", dirOf(t, f, "Film"), "one.txt")
	awaitFiles(t, f, "Film", "one.txt")
	root = f.Root()
	for _, left := range []string{"nothing", "an empty folder"} {
		t.Run(left, func(t *testing.T) {
			// An event asks to look at the file when it has gone with its drive.
			opened, err := os.OpenFile(one, os.O_WRONLY, 0)
			must(t, errors.Join(err, opened.Close()))
			must(t, os.Rename(root, root+" away"))
			if left != "nothing" {
				must(t, os.Mkdir(root, 0o755))
			}
			awaitProblems(t, f, "root_missing drive")
			s := snapshot(t, f, "Film")
			if got := brief(s); s.Complete || !cmp.Equal(got, []string{"one.txt"}) {
				t.Errorf("complete: %v, %v", s.Complete, got)
			}
			if err := f.Move(t.Context(), root+" new", nil); err == nil {
				t.Error("moved what is not there")
			}
			os.Remove(root)
			must(t, os.Rename(root+" away", root))
			awaitProblems(t, f)
			awaitFiles(t, f, "Film", "one.txt")
			name := write(t, "two", dirOf(t, f, "Film"), "two.txt")
			awaitFiles(t, f, "Film", "one.txt", "two.txt")
			must(t, os.Remove(name))
			awaitFiles(t, f, "Film", "one.txt")
		})
	}
	t.Run("at the start", func(t *testing.T) {
		root := filepath.Join(t.TempDir(), "drive")
		f := open(t, root, polls, func(c *workfolder.Config) { c.Create = false })
		defer f.Close()
		setOrders(t, f, "Film")
		awaitProblems(t, f, "root_missing drive")
		if s := snapshot(t, f, "Film"); s.Complete {
			t.Error("complete")
		}
		if _, err := os.Stat(root); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the place was made: %v", err)
		}
	})
}

func TestWatchLimit(t *testing.T) {
	f := start(t, t.TempDir(), []string{"Film"}, func(c *workfolder.Config) {
		workfolder.Tune(c, nil, 3, false, 50*time.Millisecond, time.Hour)
	})
	write(t, "one", dirOf(t, f, "Film"), "a", "b", "c", "one.txt")
	awaitFiles(t, f, "Film", "a/b/c/one.txt")
	awaitProblems(t, f, "watch_limit "+filepath.Base(f.Root()))
	if text := f.Problems()[0].Message; runtime.GOOS == "linux" && !strings.Contains(text, "fs.inotify.max_user_watches") {
		t.Error(text)
	}
	write(t, "two", dirOf(t, f, "Film"), "a", "b", "c", "two.txt")
	awaitFiles(t, f, "Film", "a/b/c/one.txt", "a/b/c/two.txt")
}

func TestWatchLimitEnds(t *testing.T) {
	f := start(t, t.TempDir(), []string{"Film"}, func(c *workfolder.Config) {
		workfolder.Tune(c, nil, 4, false, 50*time.Millisecond, 100*time.Millisecond)
	})
	dir := dirOf(t, f, "Film")
	write(t, "one", dir, "a", "b", "c", "one.txt")
	awaitProblems(t, f, "watch_limit "+filepath.Base(f.Root()))
	must(t, os.RemoveAll(filepath.Join(dir, "a")))
	awaitProblems(t, f)
	awaitFiles(t, f, "Film")
}

func TestNetworkDrive(t *testing.T) {
	f := start(t, t.TempDir(), []string{"Film"}, func(c *workfolder.Config) {
		workfolder.Tune(c, nil, 0, true, 50*time.Millisecond, 0)
	})
	dir := dirOf(t, f, "Film")
	name := write(t, "one", dir, "a", "one.txt")
	awaitFiles(t, f, "Film", "a/one.txt")
	awaitProblems(t, f)
	must(t, os.Rename(name, filepath.Join(dir, "a", "two.txt")))
	awaitFiles(t, f, "Film", "a/two.txt")
}

// TestStorm makes more events than hints are kept.
func TestStorm(t *testing.T) {
	const files = 12_000
	f := start(t, t.TempDir(), []string{"Film"})
	dir := dirOf(t, f, "Film")
	must(t, os.Mkdir(filepath.Join(dir, "many"), 0o755))
	for n := range files {
		must(t, os.WriteFile(filepath.Join(dir, "many", fmt.Sprint(n)), nil, 0o644))
	}
	awaitDisk(t, f, "Film")
	if n := len(snapshot(t, f, "Film").Files); n != files {
		t.Errorf("%d files", n)
	}
	write(t, "one", dir, "many", "one.txt")
	awaitDisk(t, f, "Film")
}

func TestLostEvents(t *testing.T) {
	lost := func(string) bool { return true }
	t.Run("found by a scan from time to time", func(t *testing.T) {
		f := start(t, t.TempDir(), []string{"Film"}, func(c *workfolder.Config) {
			workfolder.Tune(c, lost, 0, false, 0, 100*time.Millisecond)
		})
		write(t, "one", dirOf(t, f, "Film"), "a", "one.txt")
		awaitFiles(t, f, "Film", "a/one.txt")
	})
	t.Run("found when the computer wakes", func(t *testing.T) {
		var asleep atomic.Int64
		f := start(t, t.TempDir(), []string{"Film"}, func(c *workfolder.Config) {
			workfolder.Tune(c, lost, 0, false, 0, 0)
			workfolder.SetWall(c, func() time.Time { return time.Now().Add(time.Duration(asleep.Load())) })
		})
		write(t, "one", dirOf(t, f, "Film"), "a", "one.txt")
		asleep.Store(int64(time.Hour))
		setOrders(t, f, "Film") // anything that wakes the loop
		awaitFiles(t, f, "Film", "a/one.txt")
	})
}

func TestUnreadableFolder(t *testing.T) {
	var broken atomic.Bool
	f := start(t, t.TempDir(), []string{"Film"}, func(c *workfolder.Config) {
		workfolder.Fault(c, func(path string) error {
			if broken.Load() && filepath.Base(path) == "a" {
				return &os.PathError{Op: "open", Path: path, Err: syscall.EIO}
			}
			return nil
		})
	})
	dir := filepath.Join(dirOf(t, f, "Film"), "a")
	write(t, "one", dir, "one.txt")
	awaitFiles(t, f, "Film", "a/one.txt")
	broken.Store(true)
	must(t, f.Rescan(t.Context()))
	awaitProblems(t, f, "unreadable a")
	if s := snapshot(t, f, "Film"); s.Complete || !cmp.Equal(brief(s), []string{"a/one.txt"}) {
		t.Errorf("%+v", s)
	}
	broken.Store(false)
	must(t, f.Rescan(t.Context()))
	awaitProblems(t, f)
	awaitFiles(t, f, "Film", "a/one.txt")
}

func TestIgnoreFilesAreFollowed(t *testing.T) {
	f := start(t, t.TempDir(), []string{"Film"})
	dir := dirOf(t, f, "Film")
	write(t, "one", dir, "one.psd")
	write(t, "two", dir, "WIP", "two.txt")
	awaitFiles(t, f, "Film", "WIP/ !unfinished", "one.psd")
	write(t, "*.psd\n!WIP/\n", dir, leftout.IgnoreFile)
	awaitFiles(t, f, "Film", "WIP/two.txt", "one.psd !rule")
	must(t, os.Remove(filepath.Join(dir, leftout.IgnoreFile)))
	awaitFiles(t, f, "Film", "WIP/ !unfinished", "one.psd")
	write(t, "/Film/*.psd\n", f.Root(), leftout.IgnoreFile)
	awaitFiles(t, f, "Film", "WIP/ !unfinished", "one.psd !rule")
	write(t, strings.Repeat("#", 100<<10), dir, leftout.IgnoreFile)
	awaitProblems(t, f, "bad_rule "+leftout.IgnoreFile)
	awaitFiles(t, f, "Film", "WIP/ !unfinished", "one.psd !rule")
}

func TestLinksAreNotFollowed(t *testing.T) {
	outside := t.TempDir()
	write(t, "secret", outside, "secret.txt")
	f := start(t, t.TempDir(), []string{"Film"})
	dir := dirOf(t, f, "Film")
	write(t, "one", dir, "sub", "one.txt")
	if !link(t, outside, filepath.Join(dir, "folder")) {
		t.Skip("no symbolic links here")
	}
	link(t, filepath.Join(outside, "secret.txt"), filepath.Join(dir, "file"))
	link(t, "nowhere", filepath.Join(dir, "broken"))
	awaitFiles(t, f, "Film", "broken ->nowhere", "file !link", "folder !link", "sub/one.txt")
	must(t, os.RemoveAll(filepath.Join(dir, "sub")))
	link(t, outside, filepath.Join(dir, "sub"))
	awaitFiles(t, f, "Film", "broken ->nowhere", "file !link", "folder !link", "sub !link")
}

func TestNext(t *testing.T) {
	f := start(t, t.TempDir(), []string{"Film", "Fotos"})
	next := func() workfolder.News {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		n, err := f.Next(ctx)
		must(t, err)
		return n
	}
	if n := next(); !cmp.Equal(n.Orders, []string{"id-Film", "id-Fotos"}) {
		t.Errorf("%+v", n)
	}
	write(t, "one", dirOf(t, f, "Film"), "one.txt")
	for {
		if n := next(); !cmp.Equal(n.Orders, []string{"id-Film"}) {
			t.Fatalf("%+v", n)
		}
		if cmp.Equal(brief(snapshot(t, f, "Film")), []string{"one.txt"}) {
			break
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Next(ended); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	must(t, f.Close())
	if _, err := f.Next(t.Context()); !errors.Is(err, workfolder.ErrClosed) {
		t.Error(err)
	}
	if err := f.Rescan(t.Context()); !errors.Is(err, workfolder.ErrClosed) {
		t.Error(err)
	}
	must(t, f.Close())
}
