package content

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// VolumeOf returns the volume of an open file or folder.
func VolumeOf(f *os.File) Volume {
	var st unix.Statfs_t
	conn, err := f.SyscallConn()
	if err != nil {
		return Volume{}
	}
	var failed error
	err = conn.Control(func(fd uintptr) { failed = unix.Fstatfs(int(fd), &st) })
	return Volume{Tracks: err == nil && failed == nil && tracks(&st)}
}

func volumeAt(path string) Volume {
	var st unix.Statfs_t
	return Volume{Tracks: unix.Statfs(path, &st) == nil && tracks(&st)}
}

func tracks(st *unix.Statfs_t) bool {
	kind := unix.ByteSliceToString(st.Fstypename[:])
	return kind == "apfs" || kind == "hfs"
}

func changed(st *syscall.Stat_t) int64 { return st.Ctimespec.Nano() }

// flush writes the file's cached data to the disk: only then do writes through a memory map
// set the change time.
func flush(f *os.File) bool {
	conn, err := f.SyscallConn()
	if err != nil {
		return false
	}
	var failed error
	err = conn.Control(func(fd uintptr) { failed = unix.Fsync(int(fd)) })
	return err == nil && failed == nil
}
