// Package atomicfile creates and replaces files atomically and durably: after a
// crash a file is complete or unchanged.
package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Create creates the file with the data that write writes. It returns [fs.ErrExist],
// and changes nothing, if the file exists. On file systems without hard links it may
// replace a file that another program creates at the same moment.
func Create(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist} // fail early; Link checks again
	}
	return put(path, private, write, func(temp string) error {
		err := os.Link(temp, path)
		if err == nil || errors.Is(err, fs.ErrExist) {
			return err
		}
		return os.Rename(temp, path)
	})
}

// Replace creates the file or replaces an existing one. Only this user may read it.
func Replace(path string, write func(io.Writer) error) error {
	return replace(path, private, write)
}

// ReplaceReadable is [Replace] for a file that every user may read.
func ReplaceReadable(path string, write func(io.Writer) error) error {
	return replace(path, 0o644, write)
}

func replace(path string, mode fs.FileMode, write func(io.Writer) error) error {
	return put(path, mode, write, func(temp string) error { return os.Rename(temp, path) })
}

// IsTemporary reports whether file is the name of a temporary file, as a crash may
// leave while the file called name is written.
func IsTemporary(file, name string) bool { return strings.HasPrefix(file, name+temporary) }

const (
	temporary = ".partial-" // between the name and a random number
	private   = 0o600       // the mode of a new temporary file
)

// Text returns a function that writes the text.
func Text(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

func put(path string, mode fs.FileMode, write func(io.Writer) error, name func(temp string) error) error {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+temporary+"*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	if err := errors.Join(fill(temp, mode, write), temp.Close()); err != nil {
		return err
	}
	if err := name(temp.Name()); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(path))
}

func fill(f *os.File, mode fs.FileMode, write func(io.Writer) error) error {
	if mode != private {
		if err := f.Chmod(mode); err != nil {
			return err
		}
	}
	if err := write(f); err != nil {
		return err
	}
	return f.Sync()
}

// SyncDir makes the names in a folder durable, where the system supports it.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}
