package upload_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// newSmallDisk is a site on a disk of 2 MiB.
func newSmallDisk(t *testing.T) *site {
	dir := t.TempDir()
	if err := syscall.Mount("handover-test", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("no small disk to fill, mounting needs privileges: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return newSiteIn(t, filepath.Join(dir, "uploads"))
}

// fill leaves no more than free bytes on the disk, and returns how to undo it.
func (s *site) fill(free int64) (clear func()) {
	s.Helper()
	name := filepath.Join(filepath.Dir(s.dir), "filler")
	f, err := os.Create(name)
	if err != nil {
		s.Fatal(err)
	}
	defer f.Close()
	block, size := make([]byte, 4096), int64(0)
	for {
		n, err := f.Write(block)
		size += int64(n)
		if errors.Is(err, syscall.ENOSPC) {
			break
		}
		if err != nil {
			s.Fatal(err)
		}
	}
	if err := f.Truncate(max(0, size-free)); err != nil {
		s.Fatal(err)
	}
	return func() {
		if err := os.Remove(name); err != nil {
			s.Fatal(err)
		}
	}
}

func TestDiskFull(t *testing.T) {
	for _, tc := range []struct {
		name string
		free int64
	}{
		{"not a byte is free", 0},
		{"room for the info only", 8 << 10},
		{"room for some of it", 300 << 10},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSmallDisk(t)
			content := noise(600 << 10)
			url := s.create(int64(len(content)))
			s.want(s.patch(url, 0, bytes.NewReader(content[:100])), http.StatusNoContent, "")
			clear := s.fill(tc.free)
			s.want(s.patch(url, 100, bytes.NewReader(content[100:])), http.StatusInsufficientStorage, "disk_full")
			at := s.offset(url)
			if st, err := os.Stat(s.file(url, ".data")); err != nil || at < 100 || at > st.Size() {
				t.Fatalf("offset %d, %v", at, err)
			}
			clear()
			s.want(s.patch(url, at, bytes.NewReader(content[at:])), http.StatusNoContent, "")
			s.wantWhole(url, content)
		})
	}
}

func TestDiskFullAtCreation(t *testing.T) {
	s := newSmallDisk(t)
	other := s.create(10)
	clear := s.fill(0)
	before := strings.Join(s.files(), " ")
	descriptors := countDescriptors(t)
	for range 20 {
		r := s.ask("POST", "/uploads/", nil, "Upload-Length", "1", "Upload-Metadata", metadata("logo", "a"))
		s.want(r, http.StatusInsufficientStorage, "disk_full")
	}
	if after := strings.Join(s.files(), " "); after != before {
		t.Errorf("files %s, before %s", after, before)
	}
	// The connection to the server may have been made anew, for two.
	if n := countDescriptors(t); n > descriptors+2 {
		t.Errorf("%d descriptors are open, before %d", n, descriptors)
	}
	s.want(s.ask("DELETE", other, nil), http.StatusNoContent, "")
	clear()
	s.create(1)
}

func countDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// A disk that fails in another way is the server's fault and not the client's
// to know more about.
func TestDiskFails(t *testing.T) {
	s := newSite(t)
	url := s.create(3)
	if err := os.Mkdir(s.file(url, ".data"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusInternalServerError, "internal")
	if !strings.Contains(s.log.String(), idOf(url)) {
		t.Errorf("the log does not say what failed: %s", s.log)
	}
	if err := os.Remove(s.file(url, ".data")); err != nil {
		t.Fatal(err)
	}
	s.want(s.patch(url, 0, strings.NewReader("abc")), http.StatusNoContent, "")
	s.wantWhole(url, []byte("abc"))
}
