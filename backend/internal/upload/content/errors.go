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
	// ErrDamaged means that stored content or an info is invalid, or that bytes are
	// missing.
	ErrDamaged = errors.New("the info file is damaged")
	// ErrLost means that an upload can never be complete, because its store has lost
	// some of its bytes. The caller removes the upload.
	ErrLost = errors.New("the upload is lost")
	// ErrAway means that a remote store does not answer. It is also
	// [store.ErrUnavailable], for callers that do not know this package.
	ErrAway error = awayError{}
	// ErrReserve means that writing more would use the reserve of the disk.
	ErrReserve = errors.New("only the reserve is free on the disk of uploads")
	// ErrIncomplete means that the content ended before its size.
	ErrIncomplete = errors.New("the content ended too early")
	// ErrClosing means that the service closed while the store waited for room.
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

// ReadError returns nil for the two errors with which [io.ReadFull] reports the end of
// a reader, and otherwise err.
func ReadError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// DiskFull reports whether an error means that a disk or a disk quota is full.
func DiskFull(err error) bool {
	const errorHandleDiskFull, errorDiskFull = syscall.Errno(39), syscall.Errno(112) // of Windows
	if runtime.GOOS == "windows" && (errors.Is(err, errorHandleDiskFull) || errors.Is(err, errorDiskFull)) {
		return true
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
