package transfer

import (
	"container/heap"
	"time"
)

// line holds the uploads that wait, the next one to run first. Those that
// cannot run now stand aside, so that nobody looks at them again before
// something has changed for them.
type line struct {
	jobs   []*job // a heap, by before
	before func(a, b *job) int
	aside  map[*job]struct{}
}

// Len, Less, Swap, Push and Pop are for package heap.
func (l *line) Len() int           { return len(l.jobs) }
func (l *line) Less(i, k int) bool { return l.before(l.jobs[i], l.jobs[k]) < 0 }

func (l *line) Swap(i, k int) {
	l.jobs[i], l.jobs[k] = l.jobs[k], l.jobs[i]
	l.jobs[i].place, l.jobs[k].place = i+1, k+1
}

func (l *line) Push(x any) {
	j := x.(*job)
	l.jobs = append(l.jobs, j)
	j.place = len(l.jobs)
}

func (l *line) Pop() any {
	j := l.jobs[len(l.jobs)-1]
	l.jobs[len(l.jobs)-1] = nil
	l.jobs = l.jobs[:len(l.jobs)-1]
	j.place = 0
	return j
}

// enter puts an upload in its place, also one that stood aside, or that is in
// the line and has changed.
func (l *line) enter(j *job) {
	delete(l.aside, j)
	if j.place > 0 {
		heap.Fix(l, j.place-1)
		return
	}
	heap.Push(l, j)
}

// leave takes an upload out, wherever it is.
func (l *line) leave(j *job) {
	delete(l.aside, j)
	if j.place > 0 {
		heap.Remove(l, j.place-1)
	}
}

// stepAside has the upload wait until it enters again.
func (l *line) stepAside(j *job) {
	l.leave(j)
	l.aside[j] = struct{}{}
}

// reorder brings back what stood aside, and sorts anew.
func (l *line) reorder() {
	for j := range l.aside {
		heap.Push(l, j)
	}
	clear(l.aside)
	heap.Init(l)
}

// next returns the upload that should start now, still in the line, or nil. The
// caller holds the lock.
func (q *Queue) next(now time.Time) *job {
	for len(q.line.jobs) > 0 {
		j := q.line.jobs[0]
		if !j.notBefore.After(now) && !q.holds(j.item) {
			return j
		}
		q.line.stepAside(j)
	}
	return nil
}
