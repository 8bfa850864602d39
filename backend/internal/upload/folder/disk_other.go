//go:build !linux

package folder

import (
	"errors"
	"os"
	"runtime"
)

// syncData writes the content of f to stable storage.
func syncData(f *os.File) error { return f.Sync() }

// startWriteback does nothing: the system call exists on Linux only. The checkpoints keep
// syncs short on other systems.
func startWriteback(*os.File, int64, int64) {}

func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		// NTFS logs renames, and Windows cannot flush a directory.
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
