package upload_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"handover/backend/internal/upload"
	"handover/backend/order"
)

// newSmallDisk is a site on a disk of 2 MiB.
func newSmallDisk(t *testing.T) *site { return newDisk(t, "2m", func(*upload.Config) {}) }

// newDisk is a site on a disk of the size.
func newDisk(t *testing.T, size string, configure func(*upload.Config)) *site {
	dir := t.TempDir()
	if err := syscall.Mount("handover-test", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no small disk to fill, mounting needs privileges: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return newSiteIn(t, filepath.Join(dir, "uploads"), configure)
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
	// A new connection to the server accounts for two.
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

// Any other failure of the disk is an internal error, and the client gets no details.
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

// Without room for the assembly, the parts stay. The same request succeeds once the disk
// has room.
func TestDiskFullWhilePuttingTogether(t *testing.T) {
	s := newSmallDisk(t)
	content := noise(900 << 10)
	concat := "final;" + s.parts(cut(content, 300<<10, 600<<10))
	clear := s.fill(100 << 10)
	s.want(s.final("Upload-Concat", concat), http.StatusInsufficientStorage, "disk_full")
	s.want(s.final("Upload-Concat", concat), http.StatusInsufficientStorage, "disk_full")
	clear()
	s.wantWhole(s.awaitFinal(concat), content)
	if names := s.files(); len(names) != 2 {
		t.Errorf("on the disk: %v", names)
	}
}

func TestDiskFullWithAllInOneRequest(t *testing.T) {
	s := newSmallDisk(t)
	clear := s.fill(100 << 10)
	content := noise(300 << 10)
	r := s.ask("POST", "/uploads/", bytes.NewReader(content), "Content-Type", "application/offset+octet-stream",
		"Upload-Length", strconv.Itoa(len(content)), "Upload-Metadata", metadata("logo", "a"))
	s.want(r, http.StatusInsufficientStorage, "disk_full")
	if names := s.files(); len(names) != 0 {
		t.Errorf("left on the disk: %v", names)
	}
	clear()
	s.wantWhole(s.brought("ann", "logo", content), content)
}

// A running upload stops at the reserve and keeps its bytes.
func TestReserveIsReached(t *testing.T) {
	reserve := int64(0)
	s := newDisk(t, "64m", func(c *upload.Config) { c.Reserve = reserve })
	content := noise(50 << 20)
	url := s.create(int64(len(content)))
	reserve = 30 << 20
	s.reopen()
	s.want(s.patch(url, 0, bytes.NewReader(content)), http.StatusInsufficientStorage, "disk_full")
	at := s.offset(url)
	if at < 24<<20 || at > 48<<20 {
		t.Errorf("offset %d with a reserve of %d on 64 MiB", at, reserve)
	}
	reserve = 0
	s.reopen()
	s.want(s.patch(url, at, bytes.NewReader(content[at:])), http.StatusNoContent, "")
	s.wantWhole(s.srv.URL+url, content)
}

// An unreadable part delays the final upload and damages nothing.
func TestPartCannotBeRead(t *testing.T) {
	s := newSite(t)
	one, two := s.part([]byte("abc")), s.part([]byte("def"))
	concat := "final;" + one + " " + two
	s.ledger.finishing = func(order.Upload) error { return errors.New("away") }
	s.want(s.final("Upload-Concat", concat), http.StatusInternalServerError, "internal")
	s.shut()
	final := ""
	for _, name := range s.files() {
		if id, ok := strings.CutSuffix(name, ".info"); ok && !strings.Contains(concat, id) {
			final = "/uploads/" + id
		}
	}
	replaceInInfo(`"offset":6`, `"offset":3`)(t, s, final)
	replaceInInfo(`"sha256"`, `"was_sha256"`)(t, s, final)
	if err := errors.Join(os.Remove(s.file(two, ".data")), os.Mkdir(s.file(two, ".data"), 0o700)); err != nil {
		t.Fatal(err)
	}
	s.ledger.finishing = nil
	s.open()
	s.want(s.final("Upload-Concat", concat), http.StatusInternalServerError, "internal")
	// Without the part the upload can never be completed; the client sends the parts again.
	if err := os.Remove(s.file(two, ".data")); err != nil {
		t.Fatal(err)
	}
	s.want(s.final("Upload-Concat", concat), http.StatusGone, "upload_damaged")
	for url, piece := range map[string]string{one: "abc", two: "def"} {
		if at := s.offset(url); at != 0 {
			t.Fatalf("offset %d", at)
		}
		s.want(s.patch(url, 0, strings.NewReader(piece)), http.StatusNoContent, "")
	}
	s.wantWhole(s.awaitFinal(concat), []byte("abcdef"))
}
