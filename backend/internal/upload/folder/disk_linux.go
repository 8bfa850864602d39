package folder

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// syncFileRangeWrite is SYNC_FILE_RANGE_WRITE of sync_file_range(2).
const syncFileRangeWrite = 2

// syncData writes the content of f, and the size that is needed to read it, to stable
// storage.
func syncData(f *os.File) error {
	var err error
	// Fd would remove the file from the runtime's poller, with more system calls.
	conn, connErr := f.SyscallConn()
	if connErr == nil {
		connErr = conn.Control(func(fd uintptr) {
			for {
				if err = syscall.Fdatasync(int(fd)); !errors.Is(err, syscall.EINTR) {
					return
				}
			}
		})
	}
	if err := errors.Join(connErr, err); err != nil {
		return fmt.Errorf("fdatasync: %w", err)
	}
	return nil
}

// startWriteback asks the kernel to begin writing a section of f, so that the final sync
// is short. It guarantees nothing and ignores errors, because syncData reports them.
func startWriteback(f *os.File, offset, n int64) {
	conn, err := f.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) { _ = syscall.SyncFileRange(int(fd), offset, n, syncFileRangeWrite) })
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
