//go:build unix

package install

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// put writes the file whole or not at all, unless it is as it should be; it
// reports whether it wrote.
func put(path string, content []byte) (bool, error) {
	if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, content) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".handover-*")
	if err != nil {
		return false, err
	}
	_, err = temp.Write(content)
	err = errors.Join(err, temp.Chmod(0o644), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return false, errors.Join(err, os.Remove(temp.Name()))
	}
	return true, nil
}

// drop removes the file; one that is not there is no error.
func drop(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
