package logfile_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"handover/app/internal/logfile"
)

func TestLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "logs")
	f := logfile.New(dir)
	if _, err := os.Stat(dir); err == nil {
		t.Error("made before anything was written")
	}
	slog.New(slog.NewTextHandler(f, nil)).Info("first")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewTextHandler(f, nil)).Info("second") // a later run goes on
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "handover.log"))
	if err != nil || strings.Count(string(text), "\n") != 2 || !bytes.Contains(text, []byte("msg=first")) {
		t.Errorf("%q, %v", text, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "handover.log")); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others can read it: %v, %v", info.Mode(), err)
	}
}

// However much is written, by however many, the files stay small, no line is
// torn, and the newest lines are there.
func TestRotation(t *testing.T) {
	dir := t.TempDir()
	f := logfile.New(dir)
	const writers, lines = 4, 2000
	line := strings.Repeat("x", 1000)
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for n := range lines {
				fmt.Fprintf(f, "%d %d %s\n", w, n, line)
			}
		})
	}
	group.Wait()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 4 {
		t.Fatalf("%v, %v", entries, err)
	}
	seen := map[int]bool{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil || len(text) > 1<<20 {
			t.Errorf("%s has %d bytes, %v", e.Name(), len(text), err)
		}
		for one := range strings.Lines(string(text)) {
			var w, n int
			var rest string
			if _, err := fmt.Sscan(one, &w, &n, &rest); err != nil || rest != line {
				t.Fatalf("torn: %.40q", one)
			}
			if n == lines-1 {
				seen[w] = true
			}
		}
	}
	if len(seen) == 0 {
		t.Error("the newest lines are gone")
	}
}

func TestNowhereToWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f := logfile.New(filepath.Join(file, "logs"))
	if n, err := f.Write([]byte("line\n")); n != 5 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
