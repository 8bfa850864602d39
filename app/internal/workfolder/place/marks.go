package place

import (
	"os"
	"path/filepath"
	"strings"

	"handover/app/internal/leftout"
)

// IsOwn names the files by which Handover knows a folder; they are part of no
// order and not reported.
func IsOwn(name string) bool {
	return name == IDFile || name == leftout.IgnoreFile || name == RootMark || strings.HasPrefix(name, ownTemporary)
}

// HasID reports whether a folder is, or was, an order's.
func HasID(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, IDFile))
	return err == nil
}

// HasRootMark reports whether a folder is marked as a work folder, by a file or
// anything else.
func HasRootMark(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, RootMark))
	return err == nil
}

// MakeRoot makes dir a work folder. What is in it stays.
func MakeRoot(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if HasRootMark(dir) {
		return nil
	}
	return WriteOwn(filepath.Join(dir, RootMark), "# By this file Handover knows its work folder; leave it here.\n")
}
