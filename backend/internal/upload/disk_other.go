//go:build !linux

package upload

import (
	"errors"
	"os"
	"runtime"
	"syscall"
)

// syncData brings the content of f to stable storage.
func syncData(f *os.File) error { return f.Sync() }

// startWriteback is a Linux matter; elsewhere the checkpoints keep syncs short.
func startWriteback(*os.File, int64, int64) {}

func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		// NTFS logs renames by itself, and a directory cannot be flushed.
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func diskFull(err error) bool {
	const errorHandleDiskFull, errorDiskFull = syscall.Errno(39), syscall.Errno(112) // of Windows
	if runtime.GOOS == "windows" && (errors.Is(err, errorHandleDiskFull) || errors.Is(err, errorDiskFull)) {
		return true
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
