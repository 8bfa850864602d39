//go:build unix

package draft

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks the file until it is closed or the program ends. It returns false if
// another program holds the lock.
func tryLock(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
		return false, nil
	}
	return err == nil, err
}
