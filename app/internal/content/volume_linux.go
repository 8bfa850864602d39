package content

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// tracking lists the file systems with reliable change times and inodes, by their type in
// statfs(2).
var tracking = map[uint32]bool{
	unix.EXT4_SUPER_MAGIC:      true, // and ext2, ext3
	unix.XFS_SUPER_MAGIC:       true,
	unix.BTRFS_SUPER_MAGIC:     true,
	unix.F2FS_SUPER_MAGIC:      true,
	unix.OVERLAYFS_SUPER_MAGIC: true, // in containers
	unix.ECRYPTFS_SUPER_MAGIC:  true,
	unix.NILFS_SUPER_MAGIC:     true,
	unix.REISERFS_SUPER_MAGIC:  true,
	0x2fc12fc1:                 true, // ZFS
	0xca451a4e:                 true, // bcachefs
	0x3153464a:                 true, // JFS
}

// VolumeOf returns the volume of an open file or folder.
func VolumeOf(f *os.File) Volume {
	var st syscall.Statfs_t
	conn, err := f.SyscallConn()
	if err != nil {
		return Volume{}
	}
	var failed error
	err = conn.Control(func(fd uintptr) { failed = syscall.Fstatfs(int(fd), &st) })
	return Volume{Tracks: err == nil && failed == nil && tracking[uint32(st.Type)]}
}

func volumeAt(path string) Volume {
	var st syscall.Statfs_t
	return Volume{Tracks: syscall.Statfs(path, &st) == nil && tracking[uint32(st.Type)]}
}

func changed(st *syscall.Stat_t) int64 { return st.Ctim.Nano() }

// flush writes the file's cached data to the disk, so that the next write through a memory
// map is visible. The disk's own cache does not matter.
func flush(f *os.File) bool {
	conn, err := f.SyscallConn()
	if err != nil {
		return false
	}
	var failed error
	const flags = unix.SYNC_FILE_RANGE_WAIT_BEFORE | unix.SYNC_FILE_RANGE_WRITE | unix.SYNC_FILE_RANGE_WAIT_AFTER
	err = conn.Control(func(fd uintptr) { failed = unix.SyncFileRange(int(fd), 0, 0, flags) })
	return err == nil && failed == nil
}
