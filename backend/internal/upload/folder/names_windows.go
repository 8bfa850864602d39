package folder

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// rename gives a file another name, also one that another file has.
func rename(from, to string) error { return insist(func() error { return os.Rename(from, to) }) }

// remove deletes a file.
func remove(name string) error { return insist(func() error { return os.Remove(name) }) }

// insist tries again for half a second what Windows refuses while somebody has
// the file open: another request that reads an info, or a virus scanner.
func insist(do func() error) error {
	const errorSharingViolation = syscall.Errno(32)
	for wait := time.Millisecond; ; wait *= 2 {
		err := do()
		inUse := errors.Is(err, errorSharingViolation) || errors.Is(err, syscall.ERROR_ACCESS_DENIED)
		if !inUse || wait > time.Second/2 {
			return err
		}
		time.Sleep(wait)
	}
}
