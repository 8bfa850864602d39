package standin_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"handover/app/internal/standin"
)

func TestOfflineFilesAreAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "film.mov")
	if err := os.WriteFile(path, []byte("film"), 0o600); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	const offline = 0x1000
	if err := syscall.SetFileAttributes(name, offline); err != nil {
		t.Fatal(err)
	}
	if p, found := standin.Probe(path); !found || p.Service != "the cloud" {
		t.Errorf("%+v, %v", p, found)
	}
}
