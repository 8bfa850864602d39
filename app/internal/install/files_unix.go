//go:build unix

package install

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"handover/internal/atomicfile"
)

// put writes the file unless it has the content already. It reports whether it
// wrote.
func put(path string, content []byte) (bool, error) {
	if old, _ := os.ReadFile(path); old != nil && bytes.Equal(old, content) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, err
	}
	if err := atomicfile.ReplaceReadable(path, atomicfile.Text(string(content))); err != nil {
		return false, err
	}
	return true, nil
}

// drop removes the file. A missing file is not an error.
func drop(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
