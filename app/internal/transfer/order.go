package transfer

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// before reports the order of uploads: first those that the seller moved to the front,
// then the soonest due, then the smallest.
func (q *Queue) before(a, b *job) int {
	return cmp.Or(
		cmp.Compare(q.rank(a.item), q.rank(b.item)),
		compareDue(a.due, b.due),
		cmp.Compare(a.size, b.size),
		cmp.Compare(a.item.Group, b.item.Group),
		cmp.Compare(a.item.Name, b.item.Name),
	)
}

// compareDue sorts unknown due times last.
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

// delays are the waits before a retry; the last one repeats. The upload has already
// retried several times itself.
var delays = [...]time.Duration{1 * time.Second, 3 * time.Second, 5 * time.Second,
	10 * time.Second, 20 * time.Second, 30 * time.Second, time.Minute}

// later retries an upload after a wait. A wait of 0 grows with the
// upload's failures. Waits are random, so that uploads that failed together do not
// return together.
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
