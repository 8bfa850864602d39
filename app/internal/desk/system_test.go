package desk_test

import (
	"errors"
	"io/fs"
	"runtime"
	"syscall"
	"testing"

	"handover/app/internal/foldersync"
	"handover/app/internal/problem"
)

// What the system says of a disk is understood, also in Windows' own numbers.
func TestExplainDisks(t *testing.T) {
	full, locked := []error{syscall.ENOSPC}, []error{syscall.EROFS, fs.ErrPermission}
	foreign := []error{errors.New("another"), syscall.Errno(39), syscall.Errno(112), syscall.Errno(19)}
	if runtime.GOOS == "windows" {
		full = append(full, syscall.Errno(39), syscall.Errno(112)) // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
		locked = append(locked, syscall.Errno(19))                 // ERROR_WRITE_PROTECT
		foreign = foreign[:1]
	}
	for _, tc := range []struct {
		explain func(error) error
		errs    []error
		code    string
		want    bool
	}{
		{explain, full, problem.CodeDiskFullHere, true},
		{explain, foreign, problem.CodeDiskFullHere, false},
		{foldersync.Explain, locked, problem.CodeFolderReadOnly, true},
		{foldersync.Explain, foreign, problem.CodeFolderReadOnly, false},
	} {
		for _, err := range tc.errs {
			explained := tc.explain(&fs.PathError{Op: "write", Path: "draft", Err: err})
			if got := code(explained) == tc.code; got != tc.want {
				t.Errorf("%v (%T) is explained as %v", err, err, explained)
			}
		}
	}
}

func explain(err error) error { return problem.Explain(err) }
