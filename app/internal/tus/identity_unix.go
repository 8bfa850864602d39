//go:build unix

package tus

import (
	"io/fs"
	"os"
	"syscall"
)

// openBlocksSaving is whether a file that is open cannot be replaced by a new
// version of it.
const openBlocksSaving = false

// openShared opens a file that others may rename or delete meanwhile, which on
// these systems every open file allows.
func openShared(path string) (*os.File, error) { return os.Open(path) }

func inode(_ *os.File, info fs.FileInfo) (ino, dev uint64, err error) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		// The widths of these fields differ from system to system.
		return uint64(st.Ino), uint64(st.Dev), nil //nolint:unconvert // narrower on other systems
	}
	return 0, 0, nil
}

func glance(path string) (Identity, error) {
	info, err := regular(path)
	if err != nil {
		return Identity{}, err
	}
	return identityOf(nil, info)
}
