package draft

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// ErrDamaged is wrapped by the error for a file that is not what was written.
var ErrDamaged = errors.New("the file is damaged; move it away to begin anew, or put a copy in its place")

// openBolt opens a database, and says so when it is damaged. bbolt trusts what
// it reads, so that a damaged page shows as a panic.
func openBolt(path string, o *bbolt.Options) (db *bbolt.DB, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("open %s: %w: %v", path, ErrDamaged, fault)
		}
	}()
	db, err = bbolt.Open(path, 0o600, o)
	if err == nil || errors.Is(err, bolterrors.ErrTimeout) {
		return db, err
	}
	// What is not the system's refusal is about what the file holds.
	if errors.As(err, new(*fs.PathError)) || errors.As(err, new(syscall.Errno)) {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return nil, fmt.Errorf("open %s: %w: %w", path, ErrDamaged, err)
}
