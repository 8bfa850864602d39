package tree

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"handover/app/internal/content"
	"handover/app/internal/leftout"
)

// Due is the result of checking the files that are due.
type Due struct {
	Rested  []string // unchanged for long enough; call Settle or Wait for each
	Changed bool     // the snapshot has changed
	Away    bool     // the order's folder is missing
}

// Due checks the files that are due, and drops removed files whose quiet period
// has ended. isThere reports whether the order's folder exists.
func (t *Tree) Due(now, quiet time.Duration, isThere func() bool) (d Due) {
	there := sync.OnceValue(isThere)
	for rel, e := range t.settles {
		switch {
		case e.due > now:
			continue
		case e.missing && !there():
			e.due = now + quiet
			d.Away = true
			continue
		case e.missing:
			t.forget(rel)
			d.Changed = true
			continue
		}
		changed := false
		if e.seen < e.due {
			var away bool
			changed, away = t.Stat(rel, now, quiet, isThere)
			d.Away = d.Away || away
		}
		if !changed && e.due <= now {
			d.Rested = append(d.Rested, rel)
		}
	}
	return d
}

// Stat checks one file, if it is known. changed reports whether the snapshot has
// changed; away, that the file is missing together with the order's folder.
func (t *Tree) Stat(rel string, now, quiet time.Duration, isThere func() bool) (changed, away bool) {
	dir, name := Split(rel)
	d := t.folders[dir]
	if d == nil || d.files[name] == nil || d.files[name].missing {
		return false, false // left out, or unknown until its folder is read
	}
	e := d.files[name]
	info, err := os.Lstat(t.Abs(rel))
	switch {
	case errors.Is(err, fs.ErrNotExist) && !isThere():
		e.due = now + quiet
		return false, true
	case errors.Is(err, fs.ErrNotExist):
		changed = e.vanished(now, quiet)
	case err != nil:
		return false, false // the entry keeps its state
	case !info.Mode().IsRegular():
		changed = e.vanished(now, quiet)
	default:
		changed = e.observed(seen{name: name, id: content.Seen(t.Abs(rel), info), executable: leftout.Executable(info.Mode())}, now, quiet)
	}
	if e.state == Settling {
		t.settles[rel] = e
	}
	return changed, false
}

// Settle marks the file as at rest.
func (t *Tree) Settle(rel string) {
	e := t.settles[rel]
	e.state, e.inUse = Present, false
	delete(t.settles, rel)
}

// Wait records that the file is unchanged but open for writing. It reports whether
// the snapshot has changed.
func (t *Tree) Wait(rel string, now, quiet time.Duration) bool {
	return t.settles[rel].heldOpen(now, quiet)
}

// NextDue returns when the next file is due; ok is false when no file is.
func (t *Tree) NextDue() (due time.Duration, ok bool) {
	for _, e := range t.settles {
		if !ok || e.due < due {
			due, ok = e.due, true
		}
	}
	return due, ok
}
