package tree

import (
	"time"

	"handover/app/internal/content"
)

// patience is how many quiet periods a file has to rest at most.
const patience = 5

// entry is a file that is or was in an order's folder. Times are counted from
// when the work folder was opened, on the clock that nobody sets.
type entry struct {
	id         content.Identity
	state      State         // Settling or Present
	since      time.Duration // it changed last
	gap        time.Duration // longest pause between two changes while it grew
	due        time.Duration // it is looked at again, when Settling
	seen       time.Duration // it was looked at last
	missing    bool          // it is not there; forgotten when due
	inUse      bool
	executable bool
	mark       uint64 // of the reading that saw it last
}

// rest is how long the file must not change to be at rest. One that grows in
// bursts gets twice its longest pause.
func (e *entry) rest(quiet time.Duration) time.Duration {
	return min(max(quiet, 2*e.gap), patience*quiet)
}

// changed notes at now that the file is not what it was.
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

// observed compares the entry with what was seen at now and reports whether the
// file starts to settle or settles.
func (e *entry) observed(s seen, now, quiet time.Duration) bool {
	before, again := e.state, e.executable != s.executable
	e.seen, e.executable = now, s.executable
	switch {
	case before == 0 && s.rest > quiet:
		// It was not touched for long before it was seen first. Still it has
		// to be asked whether it is open.
		e.id, e.state, e.since = s.id, Settling, now-s.rest
		e.due = now
	case before == 0, !e.id.Same(s.id), e.missing:
		e.changed(s.id, now, quiet)
	}
	return e.state != before || again
}

// vanished notes at now that the file is not there. It is kept for a quiet
// period: many programs save by putting a new file in the place of the old one.
func (e *entry) vanished(now, quiet time.Duration) bool {
	if e.missing {
		return false
	}
	before := e.state
	e.missing, e.inUse, e.state, e.due = true, false, Settling, now+quiet
	return before != Settling
}

// waits notes at now that the file is open for writing, though it rests.
func (e *entry) waits(now, quiet time.Duration) bool {
	before := e.inUse
	e.inUse = true
	e.due = now + min(max(quiet, (now-e.since)/2), patience*quiet)
	return !before
}
