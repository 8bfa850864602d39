package upload

import (
	"context"
	"os"
	"strings"

	"handover/backend/internal/upload/content"
)

// leftovers removes files that belong to no upload. A request that runs has some
// of these, so they have to be old.
func (d *folder) leftovers(ctx context.Context, w *sweep) error {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		id, ext, _ := strings.Cut(e.Name(), ".")
		if ext = "." + ext; !content.ValidID(id) || ext != dataExt && ext != tempExt && ext != linkExt {
			continue
		}
		st, err := e.Info()
		if err != nil || !st.ModTime().Before(w.before) {
			continue // it is gone, or not old
		}
		w.fail(id, w.locked(ctx, id, func() error { return d.leftover(ctx, w, id, ext, st) }))
	}
	return nil
}

func (d *folder) leftover(ctx context.Context, w *sweep, id, ext string, st os.FileInfo) error {
	if ext == dataExt {
		// What load knows, the ledger or an info file knows.
		if _, err := w.load(ctx, id); !content.IsNotFound(err) {
			return err
		}
	}
	sole := soleName(d.name(id, ext), st)
	if !w.dry {
		if err := remove(d.name(id, ext)); err != nil {
			return err
		}
	}
	w.done.Leftovers++
	if sole {
		w.done.Bytes += st.Size()
	}
	return nil
}

// frees returns how much removing an upload gives back: nothing when another
// has the same content.
func (d *folder) frees(in content.Info) int64 {
	name := d.name(in.ID, dataExt)
	st, err := os.Stat(name)
	if err != nil || !soleName(name, st) {
		return 0
	}
	return st.Size()
}
