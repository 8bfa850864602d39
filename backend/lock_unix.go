//go:build unix

package backend

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks the file until the file is closed or the program ends. It returns
// false when another program has locked it.
func tryLock(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return false, nil
	}
	return err == nil, err
}
