package folder_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"handover/backend/internal/upload/folder"
)

// A reader of a file only delays its replacement and its deletion.
func TestNamesOfFilesInUse(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"replaced": func(path string) error { return folder.Rename(path+".new", path) },
		"renamed":  func(path string) error { return folder.Rename(path, path+".old") },
		"deleted":  folder.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "info")
			write(t, path, []byte("old"))
			write(t, path+".new", []byte("new"))
			reader, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(50*time.Millisecond, func() { reader.Close() })
			if err := change(path); err != nil {
				t.Error(err)
			}
		})
	}
}

// A permanent reader does not block forever.
func TestNameOfFileInUseForGood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "info")
	write(t, path, []byte("old"))
	reader, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if folder.Remove(path) == nil {
		t.Error("deleted under a reader")
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
