package dirid

import (
	"io/fs"
	"os"
	"syscall"
)

// Of returns the identity of the folder at the path.
func Of(path string) (ID, error) {
	h, err := openShared(path, 0, syscall.FILE_FLAG_OPEN_REPARSE_POINT)
	if err != nil {
		return ID{}, err
	}
	defer syscall.CloseHandle(h) //nolint:errcheck // opened for reading only
	var info syscall.ByHandleFileInformation
	if err := syscall.GetFileInformationByHandle(h, &info); err != nil {
		return ID{}, &fs.PathError{Op: "identify", Path: path, Err: err}
	}
	return ID{uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow), uint64(info.VolumeSerialNumber)}, nil
}

// Open opens a folder for reading.
func Open(path string) (*os.File, error) {
	h, err := openShared(path, syscall.GENERIC_READ, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(h), path), nil
}

// openShared opens a folder. Unlike os.Open it allows other programs to rename or
// delete the folder while it is open.
func openShared(path string, access, flags uint32) (syscall.Handle, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return syscall.InvalidHandle, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	const share = syscall.FILE_SHARE_READ | syscall.FILE_SHARE_WRITE | syscall.FILE_SHARE_DELETE
	h, err := syscall.CreateFile(name, access, share, nil, syscall.OPEN_EXISTING, syscall.FILE_FLAG_BACKUP_SEMANTICS|flags, 0)
	if err != nil {
		return syscall.InvalidHandle, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return h, nil
}
