package workfolder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"handover/app/internal/workfolder/dirid"
	"handover/app/internal/workfolder/move"
)

// Errors of Move.
var (
	// ErrOccupied is returned when the new place is not free, or when either
	// place contains the other.
	ErrOccupied = move.ErrOccupied
	// ErrChanges is returned when files are written faster than they are copied.
	ErrChanges = move.ErrChanges
	// ErrLeftBehind is returned when the work folder was moved but files remain at
	// the old place: they changed at the last moment, or could not be deleted.
	ErrLeftBehind = move.ErrLeftBehind
)

// Move moves the work folder with all its content: by renaming it, or to another
// drive by copying, verifying and then deleting it. Scanning pauses until then.
// When Move copies, it calls progress with the bytes copied and the total;
// progress must return soon.
//
// After an error other than ErrLeftBehind, the work folder is unchanged. After nil
// or ErrLeftBehind, the caller stores the new place.
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
		return fmt.Errorf("the work folder %s is missing: %w", old, fs.ErrNotExist)
	}
	real, err := move.FreePlace(old, root)
	if err != nil {
		return err
	}
	l.stopWatching() // Windows also refuses to rename a watched folder
	defer l.rescan()
	err = move.Folder(ctx, old, real, l.config.tuning.copies, progress)
	if err != nil && !errors.Is(err, ErrLeftBehind) {
		return err
	}
	l.relocate(real)
	return err
}

// relocate updates all paths to the new root and keeps the files' states.
func (l *loop) relocate(root string) {
	old := l.config.Root
	l.mu.Lock()
	l.config.Root = root
	l.mu.Unlock()
	clear(l.byPath)
	for _, o := range l.orders {
		rel, err := filepath.Rel(old, o.place.Path)
		if o.place.Path == "" || err != nil {
			continue
		}
		o.place.Path = filepath.Join(root, rel)
		o.tree.Dir = o.place.Path
		if id, err := dirid.Of(o.place.Path); err == nil {
			o.place.ID, o.stamped = id, false
		}
		l.byPath[o.place.Path] = o
		l.changed[o] = true
	}
	clear(l.between)
}
