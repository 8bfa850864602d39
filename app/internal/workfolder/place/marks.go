package place

import (
	"os"
	"path/filepath"
	"strings"

	"handover/app/internal/leftout"
	"handover/internal/atomicfile"
)

// IsOwn reports whether a file is Handover's own: the ID file, the mark, the ignore
// file, or a temporary file. Such a file belongs to no order.
func IsOwn(name string) bool {
	return name == IDFile || name == leftout.IgnoreFile || name == RootMark || isTemporary(name)
}

// isTemporary reports whether a crash left the file while WriteOwn was writing.
func isTemporary(name string) bool {
	return atomicfile.IsTemporary(name, IDFile) || atomicfile.IsTemporary(name, leftout.IgnoreFile) ||
		atomicfile.IsTemporary(name, RootMark) || strings.HasPrefix(name, ownTemporary)
}

// HasID reports whether a folder has an ID file.
func HasID(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, IDFile))
	return err == nil
}

// HasRootMark reports whether a folder has the work folder's mark.
func HasRootMark(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, RootMark))
	return err == nil
}

// MakeRoot makes dir a work folder. It keeps existing files.
func MakeRoot(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if HasRootMark(dir) {
		return nil
	}
	return WriteOwn(filepath.Join(dir, RootMark), "# By this file Handover knows its work folder; leave it here.\n")
}
