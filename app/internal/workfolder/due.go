package workfolder

import (
	"errors"
	"io/fs"
	"iter"
	"os"
	"sync"
	"time"

	"handover/app/internal/content"
	"handover/app/internal/leftout"
)

// candidate is a file that has not changed for long enough.
type candidate struct {
	order *orderFolder
	rel   string
	entry *entry
}

// settle decides on the files that are due.
func (l *loop) settle() {
	now, quiet := l.now(), l.config.Quiet
	var candidates []candidate
	for _, o := range l.orders {
		if o.gone == 0 && !l.missing { // otherwise the state of its files is not known
			candidates = l.due(o, now, candidates)
		}
	}
	var open map[string]bool
	if len(candidates) > 0 {
		open = openForWriting(l.config.Root, paths(candidates))
	}
	for _, c := range candidates {
		if len(open) > 0 && open[c.order.abs(c.rel)] {
			if c.entry.waits(now, quiet) {
				l.changed[c.order] = true
			}
			continue
		}
		c.entry.state, c.entry.inUse = Present, false
		delete(c.order.settles, c.rel)
		l.changed[c.order] = true
	}
	l.dueAt = l.nextDue()
}

func paths(candidates []candidate) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, c := range candidates {
			if !yield(c.order.abs(c.rel)) {
				return
			}
		}
	}
}

// due forgets the order's files that have been gone for long enough, and
// appends those that have not changed.
func (l *loop) due(o *orderFolder, now time.Duration, candidates []candidate) []candidate {
	there := sync.OnceValue(func() bool { return l.isThere(o) })
	for rel, e := range o.settles {
		switch {
		case e.due > now:
		case e.missing && !there():
			l.postpone(e, now)
		case e.missing:
			o.forget(rel)
			l.changed[o] = true
		case e.seen < e.due && l.look(o, rel, now), e.due > now:
			// it has changed after all, or has gone
		default:
			candidates = append(candidates, candidate{o, rel, e})
		}
	}
	return candidates
}

// postpone leaves an entry as it is while the order's folder is not in its place,
// and starts a search for the folder.
func (l *loop) postpone(e *entry, now time.Duration) {
	e.due = now + l.config.Quiet
	l.roundAt = min(l.roundAt, now+debounce)
}

// look looks at one file that is known and reports whether the snapshot changes.
func (l *loop) look(o *orderFolder, rel string, now time.Duration) (change bool) {
	dir, name := split(rel)
	d := o.folders[dir]
	if d == nil || d.files[name] == nil || d.files[name].missing {
		return false // left out, or reading its folder tells
	}
	e := d.files[name]
	info, err := os.Lstat(o.abs(rel))
	switch {
	case errors.Is(err, fs.ErrNotExist) && !l.isThere(o):
		l.postpone(e, now)
		return false
	case errors.Is(err, fs.ErrNotExist), err == nil && !info.Mode().IsRegular():
		change = e.vanished(now, l.config.Quiet)
	case err != nil:
		return false // the entry keeps its state
	default:
		change = e.observed(seen{name: name, id: content.Seen(o.abs(rel), info), executable: leftout.Executable(info.Mode())}, now, l.config.Quiet)
	}
	if e.state == Settling {
		o.settles[rel] = e
	}
	return change
}

// nextDue is when the next file is to be looked at.
func (l *loop) nextDue() time.Duration {
	due := never
	for _, o := range l.orders {
		for _, e := range o.settles {
			if o.gone == 0 && !l.missing {
				due = min(due, e.due)
			}
		}
	}
	return due
}
