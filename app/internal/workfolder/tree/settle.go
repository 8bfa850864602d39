package tree

import (
	"time"

	"handover/app/internal/content"
)

// patience is the longest rest period, in quiet periods.
const patience = 5

// entry is a file that is or was in an order's folder. Times are monotonic and
// count from the opening of the work folder.
type entry struct {
	id         content.Identity
	state      State         // Settling or Present
	since      time.Duration // time of the last change
	gap        time.Duration // longest pause between two changes while it grew
	due        time.Duration // next check, while Settling
	seen       time.Duration // time of the last check
	missing    bool          // removed; dropped when due
	inUse      bool
	executable bool
	mark       uint64 // number of the last merge that saw the file
}

// rest is how long the file must stay unchanged. A file that grows in bursts gets
// twice its longest pause.
func (e *entry) rest(quiet time.Duration) time.Duration {
	return min(max(quiet, 2*e.gap), patience*quiet)
}

// changed records that the file has changed.
func (e *entry) changed(id content.Identity, now, quiet time.Duration) {
	if e.state != 0 {
		if pause := now - e.since; pause <= patience*quiet {
			e.gap = max(e.gap, pause)
		} else {
			e.gap = 0
		}
	}
	e.id, e.state, e.since = id, Settling, now
	e.missing, e.inUse = false, false
	e.due = now + e.rest(quiet)
}

// observed compares the entry with an observation and reports whether the
// snapshot has changed.
func (e *entry) observed(s seen, now, quiet time.Duration) bool {
	before, again := e.state, e.executable != s.executable
	e.seen, e.executable = now, s.executable
	switch {
	case before == 0 && s.rest > quiet:
		// The file was already at rest when it was first seen, but another program may
		// have it open.
		e.id, e.state, e.since = s.id, Settling, now-s.rest
		e.due = now
	case before == 0, !e.id.Same(s.id), e.missing:
		e.changed(s.id, now, quiet)
	}
	return e.state != before || again
}

// vanished records that the file is missing. The entry stays for a quiet period,
// because many programs save by replacing the old file with a new one.
func (e *entry) vanished(now, quiet time.Duration) bool {
	if e.missing {
		return false
	}
	before := e.state
	e.missing, e.inUse, e.state, e.due = true, false, Settling, now+quiet
	return before != Settling
}

// heldOpen records that the file is unchanged but open for writing.
func (e *entry) heldOpen(now, quiet time.Duration) bool {
	before := e.inUse
	e.inUse = true
	e.due = now + min(max(quiet, (now-e.since)/2), patience*quiet)
	return !before
}
