//go:build unix

package workfolder

import (
	"io/fs"
	"os"
	"syscall"
)

// identity is known from what lstat says.
func identity(info fs.FileInfo) Identity {
	id := Identity{Size: info.Size(), ModTime: info.ModTime().UnixNano()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		id.Inode, id.Device = uint64(st.Ino), uint64(st.Dev) //nolint:unconvert // narrower on other systems
	}
	return id
}

// folderNode tells a folder from others on this computer, also when it is renamed.
func folderNode(path string) (node, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return node{}, err
	}
	id := identity(info)
	return node{id.Inode, id.Device}, nil
}

// openFolder opens a folder for reading, and no symbolic link to one.
func openFolder(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_DIRECTORY, 0)
}
