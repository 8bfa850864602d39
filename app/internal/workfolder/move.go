package workfolder

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

// movingEnd ends the name of a copy that is not complete.
const movingEnd = ".handover-moving"

// Move brings the work folder with all that is in it to another place: by
// renaming it, or to another drive by copying, comparing and then deleting.
// Nothing else is done meanwhile. progress is called with bytes copied and all
// bytes when there is something to copy; it must return soon.
//
// When an error but ErrLeftBehind is returned, the work folder is where it was.
// The caller stores the new place when nil or ErrLeftBehind is returned.
func (f *Folder) Move(ctx context.Context, root string, progress func(done, total int64)) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(f.ctx, cancel)()
	if progress == nil {
		progress = func(int64, int64) {}
	}
	if called := f.call(ctx, func() { err = f.loop.move(ctx, root, progress) }); called != nil {
		return called
	}
	return err
}

func (l *loop) move(ctx context.Context, root string, progress func(done, total int64)) error {
	old := l.config.Root
	if l.rootIsMissing() {
		return fmt.Errorf("the work folder %s is not there: %w", old, fs.ErrNotExist)
	}
	real, err := freePlace(old, root)
	if err != nil {
		return err
	}
	l.stopWatching() // also because Windows renames no folder that is watched
	defer l.everything()
	err = syscall.EXDEV
	if !l.config.tuning.copies {
		err = os.Rename(old, real)
	}
	if otherDrive(err) {
		err = (&mover{ctx: ctx, from: old, to: real, progress: progress}).run()
	}
	if err == nil || errors.Is(err, ErrLeftBehind) {
		l.rootIs(real)
	}
	return err
}

// freePlace returns the real path of root, where there is nothing now.
func freePlace(old, root string) (string, error) {
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

// rootIs notes that the work folder is elsewhere; what is known of it stays.
func (l *loop) rootIs(root string) {
	old := l.config.Root
	l.mu.Lock()
	l.config.Root = root
	l.mu.Unlock()
	clear(l.byPath)
	for _, o := range l.orders {
		rel, err := filepath.Rel(old, o.place.path)
		if o.place.path == "" || err != nil {
			continue
		}
		o.place.path = filepath.Join(root, rel)
		if n, err := folderNode(o.place.path); err == nil {
			o.place.node, o.stamped = n, false
		}
		l.byPath[o.place.path] = o
		l.changed[o] = true
	}
	clear(l.between)
}
