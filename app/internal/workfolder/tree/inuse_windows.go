package tree

import (
	"errors"
	"iter"
	"syscall"
)

const errorSharingViolation = syscall.Errno(32)

// OpenForWriting returns those of the paths that another process has open for
// writing: they cannot be opened by one who does not share writing.
func OpenForWriting(_ string, paths iter.Seq[string]) map[string]bool {
	found := map[string]bool{}
	for path := range paths {
		name, err := syscall.UTF16PtrFromString(path)
		if err != nil {
			continue
		}
		h, err := syscall.CreateFile(name, syscall.GENERIC_READ, syscall.FILE_SHARE_READ|syscall.FILE_SHARE_DELETE, nil,
			syscall.OPEN_EXISTING, syscall.FILE_ATTRIBUTE_NORMAL, 0)
		if err == nil {
			syscall.CloseHandle(h) //nolint:errcheck // it was only asked
		}
		found[path] = errors.Is(err, errorSharingViolation)
	}
	return found
}
