//go:build !linux

package folder

import (
	"errors"
	"os"
	"runtime"
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
