package tree

import (
	"errors"
	"iter"
	"syscall"
)

const errorSharingViolation = syscall.Errno(32)

// OpenForWriting returns the paths that another process has open for writing:
// opening those without sharing write access fails.
func OpenForWriting(_ string, paths iter.Seq[string]) map[string]bool {
	found := map[string]bool{}
	for path := range paths {
		name, err := syscall.UTF16PtrFromString(path)
		if err != nil {
			continue
		}
		h, err := syscall.CreateFile(name, syscall.GENERIC_READ, syscall.FILE_SHARE_READ|syscall.FILE_SHARE_DELETE, nil,
			syscall.OPEN_EXISTING, syscall.FILE_ATTRIBUTE_NORMAL, 0)
		if err != nil {
			found[path] = errors.Is(err, errorSharingViolation)
			continue
		}
		syscall.CloseHandle(h) //nolint:errcheck // nothing was written
	}
	return found
}
