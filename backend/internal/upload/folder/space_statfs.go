//go:build linux || darwin

package folder

import "syscall"

// spaceLeft returns the free bytes on the folder's disk.
func spaceLeft(dir string) (int64, error) {
	var st syscall.Statfs_t
	err := syscall.Statfs(dir, &st)
	return int64(st.Bavail) * int64(st.Bsize), err //nolint:unconvert // narrower on a Mac
}
