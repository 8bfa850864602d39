package workfolder_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// writer is another process that has a file open for writing until it ends.
func writer(t *testing.T, path string) (end func()) {
	t.Helper()
	cmd := exec.Command("sh", "-c", `exec >>"$0"; echo open >&2; read line`, path)
	in, err := cmd.StdinPipe()
	must(t, err)
	said, err := cmd.StderrPipe()
	must(t, err)
	must(t, cmd.Start())
	if _, err := io.ReadFull(said, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	return func() {
		in.Close()
		io.Copy(io.Discard, said)
		cmd.Wait() // it ends with 1: there was no line
	}
}

func TestOpenForWriting(t *testing.T) {
	f := start(t, t.TempDir(), []string{"Film"})
	dir := dirOf(t, f, "Film")
	end := writer(t, filepath.Join(dir, "open.mov"))
	write(t, "one", dir, "one.txt")
	awaitFiles(t, f, "Film", "one.txt", "open.mov ?in_use")
	end()
	awaitFiles(t, f, "Film", "one.txt", "open.mov")
}

func TestOpenForWritingAtTheStart(t *testing.T) {
	root := t.TempDir()
	f := open(t, root)
	setOrders(t, f, "Film")
	dir := dirOf(t, f, "Film")
	write(t, "x", dir, "open.mov")
	awaitFiles(t, f, "Film", "open.mov")
	must(t, f.Close())
	end := writer(t, filepath.Join(dir, "open.mov"))
	defer end()
	reading, err := os.Open(write(t, "one", dir, "read.txt")) // and by this process
	must(t, err)
	defer reading.Close()
	f = start(t, root, []string{"Film"})
	awaitFiles(t, f, "Film", "open.mov ?in_use", "read.txt")
	s := snapshot(t, f, "Film")
	if s.Source(s.Files[1]) != filepath.Join(dir, "read.txt") {
		t.Error(s.Source(s.Files[1]))
	}
}
