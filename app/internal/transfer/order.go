package transfer

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// before compares uploads by when they should run: what the seller moved to the
// front, then what is due soonest, then what is small.
func (q *Queue) before(a, b *job) int {
	return cmp.Or(
		cmp.Compare(q.rank(a.item), q.rank(b.item)),
		compareDue(a.due, b.due),
		cmp.Compare(a.size, b.size),
		cmp.Compare(a.item.Group, b.item.Group),
		cmp.Compare(a.item.Name, b.item.Name),
	)
}

// compareDue has what is due at no known time last.
func compareDue(a, b time.Time) int {
	if a.IsZero() != b.IsZero() {
		if a.IsZero() {
			return 1
		}
		return -1
	}
	return a.Compare(b)
}

func (q *Queue) rank(item Item) int {
	if at := slices.Index(q.settings.First, item); at >= 0 {
		return at
	}
	return len(q.settings.First)
}

// holds reports whether the upload is paused. The caller holds the lock.
func (q *Queue) holds(item Item) bool { return q.metered || q.settings.Holds(item) }

// delays are the waits before another try; the last one repeats. The upload
// itself has tried several times before it asks for one.
var delays = [...]time.Duration{1 * time.Second, 3 * time.Second, 5 * time.Second,
	10 * time.Second, 20 * time.Second, 30 * time.Second, time.Minute}

// later tries an upload again after a wait, or after one that grows with its
// failures when that is 0. Chance keeps those that failed together from coming
// back together.
func (q *Queue) later(j *job, wait time.Duration) {
	if wait == 0 {
		wait = delays[min(j.failures, len(delays)-1)]
		wait -= rand.N(wait/2 + 1)
	}
	j.failures++
	j.notBefore = time.Now().Add(wait)
	q.line.stepAside(j)
	q.work.Go(func() {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
			q.mu.Lock()
			defer q.mu.Unlock()
			if q.jobs[j.item] == j && j.cancel == nil {
				q.line.enter(j)
			}
			q.start()
		case <-q.ctx.Done():
		}
	})
}
