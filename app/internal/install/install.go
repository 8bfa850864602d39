// Package install makes the program known to the system of the seller: that it
// opens links of its scheme, and starts when they sign in to the computer.
// Nothing needs more rights than theirs, and nothing is written that is there
// already.
package install

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Program is the program that is made known.
type Program struct {
	// Path is where it is. It may be moved: the next start makes it known anew.
	Path string
	// Scheme is that of its links, such as handover for handover://.
	Scheme string
	// Hidden is the argument with which it starts without showing its window.
	Hidden string
	Icon   []byte // PNG of 256 by 256 points
}

// Here returns the running program.
func Here() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	// What a package manager replaces while it runs is named so by Linux.
	return string(bytes.TrimSuffix([]byte(path), []byte(" (deleted)"))), nil
}

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
