package transfer

import (
	"container/heap"
	"time"
)

// line holds the waiting uploads, the next one first. Uploads that cannot run now are
// stepped aside, so that they are not examined again before something changes.
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

// enter inserts an upload, or moves it to its new position. It also brings back an upload
// that stepped aside.
func (l *line) enter(j *job) {
	delete(l.aside, j)
	if j.place > 0 {
		heap.Fix(l, j.place-1)
		return
	}
	heap.Push(l, j)
}

// leave removes an upload.
func (l *line) leave(j *job) {
	delete(l.aside, j)
	if j.place > 0 {
		heap.Remove(l, j.place-1)
	}
}

// stepAside excludes an upload until it enters again.
func (l *line) stepAside(j *job) {
	l.leave(j)
	l.aside[j] = struct{}{}
}

// reorder brings back all uploads that stepped aside and sorts the line.
func (l *line) reorder() {
	for j := range l.aside {
		heap.Push(l, j)
	}
	clear(l.aside)
	heap.Init(l)
}

// next returns the upload to start now, without removing it; nil if none can run. The
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
