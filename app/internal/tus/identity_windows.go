package tus

import (
	"io/fs"
	"os"
	"syscall"
)

// fileFlagSequentialScan asks the system to read ahead (CreateFileW,
// FILE_FLAG_SEQUENTIAL_SCAN).
const fileFlagSequentialScan = 0x08000000

// openBlocksSaving is whether a file that is open cannot be replaced by a new
// version of it. Most editors save by renaming over the old file, and an upload
// that takes an hour must not keep them from it.
const openBlocksSaving = true

// openShared opens a file that others may rename or delete meanwhile, which
// os.Open does not allow.
func openShared(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ,
		syscall.FILE_SHARE_READ|syscall.FILE_SHARE_WRITE|syscall.FILE_SHARE_DELETE, nil,
		syscall.OPEN_EXISTING, syscall.FILE_ATTRIBUTE_NORMAL|fileFlagSequentialScan, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), nil
}

func inode(f *os.File, _ fs.FileInfo) (ino, dev uint64, err error) {
	conn, err := f.SyscallConn()
	if err != nil {
		return 0, 0, err
	}
	var info syscall.ByHandleFileInformation
	var callErr error
	err = conn.Control(func(fd uintptr) {
		callErr = syscall.GetFileInformationByHandle(syscall.Handle(fd), &info)
	})
	if err == nil {
		err = callErr
	}
	if err != nil {
		return 0, 0, &fs.PathError{Op: "identify", Path: f.Name(), Err: err}
	}
	return uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow), uint64(info.VolumeSerialNumber), nil
}

// glance opens the file: its number is not to be had otherwise.
func glance(path string) (Identity, error) { return Identify(path) }
