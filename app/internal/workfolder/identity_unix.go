//go:build unix

package workfolder

import (
	"os"
	"syscall"
)

// folderNode tells a folder from others on this computer, also when it is renamed.
func folderNode(path string) (node, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return node{}, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return node{}, nil
	}
	return node{uint64(st.Ino), uint64(st.Dev)}, nil //nolint:unconvert // narrower on other systems
}

// openFolder opens a folder for reading, and no symbolic link to one.
func openFolder(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_DIRECTORY, 0)
}
