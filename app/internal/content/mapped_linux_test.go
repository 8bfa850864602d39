package content_test

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// A program that has the file in its memory writes to a page that it wrote to
// just before: without Begin the second write would leave all times as they are.
func TestAWriteThroughAMemoryMapIsNoticed(t *testing.T) {
	path := write(t, make([]byte, 2<<20))
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pages, err := unix.Mmap(int(f.Fd()), 0, 2<<20, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Munmap(pages); err != nil {
			t.Error(err)
		}
	}()
	pages[5000] = 1
	rested(t, path)
	before := begin(t, path)
	pages[5000] = 2
	if before.Proves(begin(t, path)) {
		t.Error("the identity from before proves the content")
	}
}
