//go:build unix

package dirid

import (
	"os"
	"syscall"
)

// Of returns the identity of the folder at the path.
func Of(path string) (ID, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return ID{}, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ID{}, nil
	}
	return ID{uint64(st.Ino), uint64(st.Dev)}, nil //nolint:unconvert // narrower on other systems
}

// Open opens a folder for reading. It does not follow a symbolic link.
func Open(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_DIRECTORY, 0)
}
