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

// soleName cannot be told everywhere; then a file counts as having one name.
func soleName(os.FileInfo) bool { return true }

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
	const errorDiskFull = syscall.Errno(112) // ERROR_DISK_FULL of Windows
	if runtime.GOOS == "windows" && errors.Is(err, errorDiskFull) {
		return true
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
