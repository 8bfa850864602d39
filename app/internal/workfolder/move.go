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
	// ErrOccupied is returned when something is at the new place already, or
	// when one of the two places is in the other.
	ErrOccupied = move.ErrOccupied
	// ErrChanges is returned when files are written faster than they are copied.
	ErrChanges = move.ErrChanges
	// ErrLeftBehind is returned when the work folder was moved but something
	// stays at the old place: it was written to at the last moment, or could
	// not be deleted.
	ErrLeftBehind = move.ErrLeftBehind
)

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
	real, err := move.FreePlace(old, root)
	if err != nil {
		return err
	}
	l.stopWatching() // also because Windows renames no folder that is watched
	defer l.everything()
	err = move.Folder(ctx, old, real, l.config.tuning.copies, progress)
	if err == nil || errors.Is(err, ErrLeftBehind) {
		l.rootIs(real)
	}
	return err
}

// rootIs notes that the work folder is elsewhere; what is known of it stays.
func (l *loop) rootIs(root string) {
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
