// Package move moves the work folder without losing a file.
package move

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// Errors of Move.
var (
	// ErrOccupied is returned when the new place is not free, or when either
	// place contains the other.
	ErrOccupied = errors.New("the new place of the work folder must be a new or empty folder outside the old one")
	// ErrChanges is returned when files are written faster than they are copied.
	ErrChanges = errors.New("files of the work folder change while it is moved; close the programs that write them and try again")
	// ErrLeftBehind is returned when the work folder was moved but files remain at
	// the old place: they changed at the last moment, or could not be deleted.
	ErrLeftBehind = errors.New("the work folder was moved, but some files remain at the old place")
)

// partialEnd is the suffix of an incomplete copy's name.
const partialEnd = ".handover-moving"

// Forget removes the incomplete copy of a move to the given folder, as left by a
// crash. It does not touch the work folder.
func Forget(to string) error { return os.RemoveAll(to + partialEnd) }

// Folder moves the folder from to to, a path that [FreePlace] returned. It renames
// the folder, or copies it to another drive. copying forces a copy.
func Folder(ctx context.Context, from, to string, copying bool, progress func(done, total int64)) error {
	err := error(syscall.EXDEV)
	if !copying {
		err = os.Rename(from, to)
	}
	if !otherDrive(err) {
		return err
	}
	return (&mover{ctx: ctx, from: from, to: to, progress: progress}).run()
}

// FreePlace makes room for the work folder at root and returns root's real path.
func FreePlace(old, root string) (string, error) {
	if within(root, old) {
		return "", ErrOccupied
	}
	if err := os.MkdirAll(filepath.Dir(root), 0o755); err != nil {
		return "", err
	}
	above, err := filepath.EvalSymlinks(filepath.Dir(root))
	if err != nil {
		return "", err
	}
	real := filepath.Join(above, filepath.Base(root))
	if within(real, old) || within(old, real) {
		return "", ErrOccupied
	}
	// Remove deletes only an empty folder.
	if err := os.Remove(real); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w: %w", ErrOccupied, err)
	}
	return real, nil
}

func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimRight(dir, string(filepath.Separator))+string(filepath.Separator))
}

// otherDrive reports whether renaming failed because the two places are on
// different drives.
func otherDrive(err error) bool {
	const errorNotSameDevice = syscall.Errno(17) // ERROR_NOT_SAME_DEVICE on Windows
	return errors.Is(err, syscall.EXDEV) || errors.Is(err, syscall.EBUSY) ||
		runtime.GOOS == "windows" && errors.Is(err, errorNotSameDevice)
}
