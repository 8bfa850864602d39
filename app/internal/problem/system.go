package problem

import (
	"errors"
	"runtime"
	"slices"
	"syscall"
)

// DiskFull reports whether the error means that a disk of this computer is full.
func DiskFull(err error) bool {
	const errorHandleDiskFull, errorDiskFull = syscall.Errno(39), syscall.Errno(112)
	return errors.Is(err, syscall.ENOSPC) || onWindows(err, errorHandleDiskFull, errorDiskFull)
}

// WriteProtected reports whether the error means that a disk is read-only.
func WriteProtected(err error) bool {
	const errorWriteProtect = syscall.Errno(19)
	return errors.Is(err, syscall.EROFS) || onWindows(err, errorWriteProtect)
}

// onWindows reports whether the error is a Windows error with any of the numbers.
func onWindows(err error, numbers ...syscall.Errno) bool {
	number, ok := errors.AsType[syscall.Errno](err)
	return runtime.GOOS == "windows" && ok && slices.Contains(numbers, number)
}
