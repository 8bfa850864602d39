package draft

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// lock locks the file at the path until the returned file is closed. It returns
// ErrInUse if another program holds the lock.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	for deadline := time.Now().Add(time.Second); ; time.Sleep(20 * time.Millisecond) {
		taken, err := tryLock(f)
		if taken {
			return f, nil
		}
		switch {
		case err != nil:
			f.Close()
			return nil, err
		case time.Now().After(deadline):
			f.Close()
			return nil, ErrInUse
		}
	}
}

// writeWhole replaces a file atomically and durably. sound checks the new file before
// it replaces the old one.
func writeWhole(path string, write func(io.Writer) error, sound func(*os.File) error) error {
	temp := path + ".tmp" // overwrites the remains of a crash
	f, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(fill(f, write, sound), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func fill(f *os.File, write func(io.Writer) error, sound func(*os.File) error) error {
	if err := write(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return sound(f)
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // Windows has no such call; NTFS keeps a journal
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
