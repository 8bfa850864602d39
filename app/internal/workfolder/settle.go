package workfolder

import (
	"iter"
	"time"

	"handover/app/internal/workfolder/tree"
)

// candidate is a file that was unchanged for long enough.
type candidate struct {
	order *orderFolder
	rel   string
}

// settle decides on the files that are due.
func (l *loop) settle() {
	now, quiet := l.now(), l.config.Quiet
	var candidates []candidate
	for _, o := range l.orders {
		if o.gone == 0 && !l.missing { // otherwise the state of its files is unknown
			candidates = l.due(o, now, candidates)
		}
	}
	var open map[string]bool
	if len(candidates) > 0 {
		open = tree.OpenForWriting(l.config.Root, paths(candidates))
	}
	for _, c := range candidates {
		if len(open) > 0 && open[c.order.tree.Abs(c.rel)] {
			if c.order.tree.Wait(c.rel, now, quiet) {
				l.changed[c.order] = true
			}
			continue
		}
		c.order.tree.Settle(c.rel)
		l.changed[c.order] = true
	}
	l.dueAt = l.nextDue()
}

func paths(candidates []candidate) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, c := range candidates {
			if !yield(c.order.tree.Abs(c.rel)) {
				return
			}
		}
	}
}

// due checks the order's due files and appends the unchanged ones.
func (l *loop) due(o *orderFolder, now time.Duration, candidates []candidate) []candidate {
	due := o.tree.Due(now, l.config.Quiet, func() bool { return l.inPlace(o) })
	if due.Changed {
		l.changed[o] = true
	}
	if due.Away {
		l.locateAt = min(l.locateAt, now+debounce)
	}
	for _, rel := range due.Rested {
		candidates = append(candidates, candidate{o, rel})
	}
	return candidates
}

// nextDue returns when the next file is due.
func (l *loop) nextDue() time.Duration {
	due := never
	for _, o := range l.orders {
		if o.gone > 0 || l.missing {
			continue
		}
		if at, ok := o.tree.NextDue(); ok {
			due = min(due, at)
		}
	}
	return due
}
