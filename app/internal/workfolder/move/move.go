// Package move brings the work folder to another place without losing a file.
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
	// ErrOccupied is returned when something is at the new place already, or
	// when one of the two places is in the other.
	ErrOccupied = errors.New("the new place of the work folder must be an empty folder, or none, outside of the old one")
	// ErrChanges is returned when files are written faster than they are copied.
	ErrChanges = errors.New("files of the work folder change while it is moved; close the programs that write them and try again")
	// ErrLeftBehind is returned when the work folder was moved but something
	// stays at the old place: it was written to at the last moment, or could
	// not be deleted.
	ErrLeftBehind = errors.New("the work folder was moved, but something is left at the old place")
)

// partialEnd ends the name of a copy that is not complete.
const partialEnd = ".handover-moving"

// Forget removes the copy that a move to a folder was making when the program
// was killed. The work folder itself is not touched.
func Forget(to string) error { return os.RemoveAll(to + partialEnd) }

// Folder moves a folder to a place that [FreePlace] returned, by renaming it or
// else by copying. With copying it copies in any case.
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

// FreePlace returns the real path of root, where there is nothing now.
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
	// Only an empty folder can be removed like that.
	if err := os.Remove(real); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w: %w", ErrOccupied, err)
	}
	return real, nil
}

func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimRight(dir, string(filepath.Separator))+string(filepath.Separator))
}

// otherDrive reports whether renaming failed because the places are on two drives.
func otherDrive(err error) bool {
	const errorNotSameDevice = syscall.Errno(17) // of Windows
	return errors.Is(err, syscall.EXDEV) || errors.Is(err, syscall.EBUSY) ||
		runtime.GOOS == "windows" && errors.Is(err, errorNotSameDevice)
}
