package content

import (
	"errors"
	"io"
	"runtime"
	"syscall"

	"handover/backend/internal/store"
	"handover/backend/order"
)

var (
	// ErrDamaged means that stored content or an info makes no sense, or that
	// bytes are missing.
	ErrDamaged = errors.New("the info file is damaged")
	// ErrLost means that an upload can never be whole, because its store has lost
	// some of it. The caller removes the upload.
	ErrLost = errors.New("the upload is lost")
	// ErrAway means that a remote store could not be asked. It is also
	// [store.ErrUnavailable], for callers that know no storage.
	ErrAway error = awayError{}
	// ErrReserve means that writing more would touch the reserve of the disk.
	ErrReserve = errors.New("the free space on the disk of uploads is down to the reserve")
	// ErrIncomplete means that the content ended before its size.
	ErrIncomplete = errors.New("the content ended too early")
	// ErrClosing means that the service closes while the store waits for room.
	ErrClosing = errors.New("the service closes")
)

type awayError struct{}

func (awayError) Error() string { return "the storage does not answer as it should" }

func (awayError) Is(target error) bool { return target == store.ErrUnavailable }

// NotFound is the error for an upload that does not exist, with the code
// order.NotFound.
func NotFound() error {
	return &order.Error{Code: order.NotFound, Message: "there is no such upload"}
}

// IsNotFound reports whether an error has the code order.NotFound.
func IsNotFound(err error) bool { return errors.Is(err, &order.Error{Code: order.NotFound}) }

// ReadError drops the two errors by which [io.ReadFull] says that a reader has
// ended.
func ReadError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// DiskFull reports whether an error says that a disk or a quota of it is full.
func DiskFull(err error) bool {
	const errorHandleDiskFull, errorDiskFull = syscall.Errno(39), syscall.Errno(112) // of Windows
	if runtime.GOOS == "windows" && (errors.Is(err, errorHandleDiskFull) || errors.Is(err, errorDiskFull)) {
		return true
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
