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

// lock takes the lock at the path for the lifetime of the returned file, or
// returns ErrInUse when another program keeps it.
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
		if err == nil && time.Now().After(deadline) {
			err = ErrInUse
		}
		if err != nil {
			f.Close()
			return nil, err
		}
	}
}

// writeWhole writes a file so that at every moment, also after a loss of
// power, there is the old one or the new one. sound looks at the new file
// before it takes the place.
func writeWhole(path string, write func(io.Writer) error, sound func(*os.File) error) error {
	temp := path + ".tmp" // what a killed program left is overwritten
	f, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = sound(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // it has no such call, and keeps a journal
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
