package content

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// fileFlagSequentialScan asks the system to read ahead (FILE_FLAG_SEQUENTIAL_SCAN of
// CreateFileW).
const fileFlagSequentialScan = 0x08000000

// OpenBlocksSaving is set if an open file cannot be replaced by a new version. Most editors
// save by renaming over the old file, and an upload that takes an hour must not prevent
// that.
const OpenBlocksSaving = true

// openShared opens a file that other programs may rename or delete while it is open, which
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

// basicInfo is FILE_BASIC_INFO. Its times count 100 ns since 1601.
type basicInfo struct {
	CreationTime, LastAccessTime, LastWriteTime, ChangeTime int64
	FileAttributes                                          uint32
	_                                                       uint32
}

// toUnix is the start of Unix time in units of 100 ns since 1601.
const toUnix = 116_444_736_000_000_000

// Of identifies an open file.
func Of(f *os.File) (Identity, error) {
	info, err := f.Stat()
	if err != nil {
		return Identity{}, unreadable(err)
	}
	id := Identity{Size: info.Size(), ModTime: info.ModTime().UnixNano()}
	conn, err := f.SyscallConn()
	if err != nil {
		return Identity{}, unreadable(err)
	}
	var failed error
	err = conn.Control(func(fd uintptr) { failed = id.ask(windows.Handle(fd)) })
	if err := errors.Join(err, failed); err != nil {
		return Identity{}, unreadable(&fs.PathError{Op: "identify", Path: f.Name(), Err: err})
	}
	return id, nil
}

// ask completes the identity on reliable file systems.
func (id *Identity) ask(h windows.Handle) error {
	var name [windows.MAX_PATH + 1]uint16
	if windows.GetVolumeInformationByHandle(h, nil, 0, nil, nil, nil, &name[0], uint32(len(name))) != nil {
		return nil // for example a network share without this information
	}
	if kind := windows.UTF16ToString(name[:]); kind != "NTFS" && kind != "ReFS" {
		return nil
	}
	var number windows.ByHandleFileInformation
	var basic basicInfo
	if err := windows.GetFileInformationByHandle(h, &number); err != nil {
		return err
	}
	if err := windows.GetFileInformationByHandleEx(h, windows.FileBasicInfo, (*byte)(unsafe.Pointer(&basic)), uint32(unsafe.Sizeof(basic))); err != nil {
		return err
	}
	id.Inode, id.Device = uint64(number.FileIndexHigh)<<32|uint64(number.FileIndexLow), uint64(number.VolumeSerialNumber)
	id.Changed = (basic.ChangeTime - toUnix) * 100
	return nil
}

// Seen returns the identity of the file at path from the result of lstat: size and
// modification time.
func Seen(_ string, info fs.FileInfo) Identity {
	return Identity{Size: info.Size(), ModTime: info.ModTime().UnixNano()}
}

// glance opens the file, because the change time is not available otherwise.
func glance(path string) (Identity, error) { return Identify(path) }

// flush does nothing: it would need write access.
func flush(*os.File) bool { return false }

// VolumeOf returns the zero value: on Windows each file reports its volume.
func VolumeOf(*os.File) Volume { return Volume{} }
