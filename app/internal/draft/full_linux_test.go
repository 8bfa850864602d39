package draft_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"handover/app/internal/draft"
)

// On a full disk a change is refused, what was stored before stays, and with
// room again everything goes on.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("drafts", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("a small disk cannot be mounted here: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	path := filepath.Join(dir, "handover.db")
	s := open(t, path)
	describe(t, s, "1", "before")
	if err := errors.Join(s.Close(), s.CopyFault()); err != nil {
		t.Fatal(err)
	}
	filler, err := os.Create(filepath.Join(dir, "filler"))
	for err == nil {
		_, err = filler.Write(make([]byte, 4096))
	}
	filler.Close()
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	s = open(t, path)
	long := strings.Repeat("x", 200_000)
	change := func() error {
		_, err := s.Update("1", func(d *draft.Draft) { d.Description = long })
		return err
	}
	for range 3 {
		if err := change(); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("error %v", err)
		}
	}
	if got := description(t, s, "1"); got != "before" {
		t.Errorf("%d bytes are stored", len(got))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, r := recovered(t, path)
	if got := description(t, s, "1"); got != "before" || r.SetAside != "" {
		t.Errorf("%d bytes are stored; %+v", len(got), r)
	}
	if err := os.Remove(filler.Name()); err != nil {
		t.Fatal(err)
	}
	if err := change(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), s.CopyFault()); err != nil {
		t.Fatal(err)
	}
	if got := description(t, open(t, path), "1"); got != long {
		t.Errorf("%d bytes are stored", len(got))
	}
}
