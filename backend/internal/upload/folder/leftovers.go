package folder

import (
	"context"
	"iter"
	"os"
	"strings"
	"time"

	"handover/backend/internal/upload/content"
)

// Leftovers implements [content.Housekeeping]. The files of a running request look like
// leftovers, so only old files count.
func (d *Store) Leftovers(_ context.Context, before time.Time) iter.Seq2[content.Leftover, error] {
	return func(yield func(content.Leftover, error) bool) {
		entries, err := os.ReadDir(d.Dir)
		if err != nil {
			yield(content.Leftover{}, err)
			return
		}
		for _, e := range entries {
			id, ext, _ := strings.Cut(e.Name(), ".")
			if ext = "." + ext; !content.ValidID(id) || ext != dataExt && ext != tempExt && ext != linkExt {
				continue
			}
			st, err := e.Info()
			if err != nil || !st.ModTime().Before(before) {
				continue // removed, or not old
			}
			if !yield(d.leftover(id, ext, st), nil) {
				return
			}
		}
	}
}

func (d *Store) leftover(id, ext string, st os.FileInfo) content.Leftover {
	name := d.name(id, ext)
	l := content.Leftover{
		ID:     id,
		Remove: func() error { return remove(name) },
		Frees: func() int64 {
			if !soleName(name, st) {
				return 0
			}
			return st.Size()
		},
	}
	if ext == dataExt {
		l.NeededBy = func(content.Info) bool { return true } // every upload needs its content
	}
	return l
}

// Frees implements [content.Housekeeping]. The removal of shared content frees no
// bytes.
func (d *Store) Frees(in content.Info) int64 {
	name := d.name(in.ID, dataExt)
	st, err := os.Stat(name)
	if err != nil || !soleName(name, st) {
		return 0
	}
	return st.Size()
}
