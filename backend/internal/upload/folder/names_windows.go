package folder

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// rename gives a file another name. It replaces a file that has this name.
func rename(from, to string) error { return insist(func() error { return os.Rename(from, to) }) }

// remove deletes a file.
func remove(name string) error { return insist(func() error { return os.Remove(name) }) }

// insist repeats do for half a second while another process or request has the file open,
// such as a virus scanner or a reader of an info. Windows refuses do in that time.
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
