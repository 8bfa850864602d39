package atomicfile_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"handover/internal/atomicfile"
)

func TestWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	fault := errors.New("no more")
	breaksOff := func(w io.Writer) error {
		io.WriteString(w, "half")
		return fault
	}
	holds := func(want string) {
		t.Helper()
		got, err := os.ReadFile(path)
		if want == "" && errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil || string(got) != want {
			t.Errorf("the file holds %q, %v; want %q", got, err, want)
		}
	}
	for _, test := range []struct {
		name  string
		make  func(string, func(io.Writer) error) error
		write func(io.Writer) error
		want  error
		holds string
	}{
		{"create breaks off", atomicfile.Create, breaksOff, fault, ""},
		{"create", atomicfile.Create, atomicfile.Text("one"), nil, "one"},
		{"create again", atomicfile.Create, atomicfile.Text("two"), fs.ErrExist, "one"},
		{"replace breaks off", atomicfile.Replace, breaksOff, fault, "one"},
		{"replace", atomicfile.Replace, atomicfile.Text("three"), nil, "three"},
		{"replace readable", atomicfile.ReplaceReadable, atomicfile.Text("four"), nil, "four"},
	} {
		if err := test.make(path, test.write); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
		holds(test.holds)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	for want, replace := range map[fs.FileMode]func(string, func(io.Writer) error) error{
		0o600: atomicfile.Replace, 0o644: atomicfile.ReplaceReadable,
	} {
		path := filepath.Join(t.TempDir(), "file")
		if err := replace(path, atomicfile.Text("text")); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("mode %v, %v; want %v", info.Mode(), err, want)
		}
	}
}

// Of many that create a file at once one does.
func TestCreateAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	var all sync.WaitGroup
	results := make(chan error, 8)
	for range cap(results) {
		all.Go(func() { results <- atomicfile.Create(path, atomicfile.Text("mine")) })
	}
	all.Wait()
	close(results)
	made := 0
	for err := range results {
		switch {
		case err == nil:
			made++
		case !errors.Is(err, fs.ErrExist):
			t.Error(err)
		}
	}
	if made != 1 {
		t.Errorf("%d have made it", made)
	}
}
