//go:build unix

package content

import (
	"io/fs"
	"os"
	"syscall"
)

// OpenBlocksSaving is set if an open file cannot be replaced by a new version.
const OpenBlocksSaving = false

// openShared opens a file that other programs may rename or delete while it is open, as all
// files on these systems.
func openShared(path string) (*os.File, error) { return os.Open(path) }

// Of identifies an open file.
func Of(f *os.File) (Identity, error) {
	info, err := f.Stat()
	if err != nil {
		return Identity{}, unreadable(err)
	}
	return VolumeOf(f).identity(info), nil
}

func glance(path string) (Identity, error) {
	info, err := regular(path)
	if err != nil {
		return Identity{}, err
	}
	return volumeAt(path).identity(info), nil
}

func (v Volume) identity(info fs.FileInfo) Identity {
	id := Identity{Size: info.Size(), ModTime: info.ModTime().UnixNano()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		// The widths of these fields differ from system to system.
		id.Changed, id.Inode, id.Device = changed(st), uint64(st.Ino), uint64(st.Dev) //nolint:unconvert // narrower on other systems
	}
	return v.Identity(id)
}

// Seen returns the identity of the file at path from the result of lstat. On Windows it has
// only size and modification time.
func Seen(path string, info fs.FileInfo) Identity { return volumeAt(path).identity(info) }
