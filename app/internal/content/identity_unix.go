//go:build unix

package content

import (
	"io/fs"
	"os"
	"syscall"
)

// OpenBlocksSaving is whether a file that is open cannot be replaced by a new
// version of it.
const OpenBlocksSaving = false

// openShared opens a file that others may rename or delete meanwhile, which on
// these systems every open file allows.
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

// Seen is what lstat said of the file at path. On Windows that is its size and
// time alone.
func Seen(path string, info fs.FileInfo) Identity { return volumeAt(path).identity(info) }
