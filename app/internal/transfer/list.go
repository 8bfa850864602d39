package transfer

import (
	"slices"
	"time"
)

// State is where an upload in the queue stands.
type State string

// An upload in the queue is in exactly one of these states.
const (
	Waiting  State = "waiting" // for its turn
	Running  State = "running"
	Paused   State = "paused"
	Retrying State = "retrying" // after a fault, at a time
)

// Status is an upload in the queue.
type Status struct {
	Item    Item
	Size    int64
	Sent    int64 // bytes that the server has, as far as is known
	State   State
	RetryAt time.Time // when Retrying
	Rate    float64   // bytes a second; 0 for unknown
}

// Left returns how long the upload still takes, or false when nobody knows.
func (s Status) Left() (time.Duration, bool) { return Left(s.Size-s.Sent, s.Rate) }

// Left returns how long so many bytes take at a rate, or false when nobody
// knows: without a rate, or when it would be more than a month.
func Left(bytes int64, rate float64) (time.Duration, bool) {
	if rate <= 0 || bytes < 0 {
		return 0, false
	}
	seconds := float64(bytes) / rate
	if seconds > 30*24*60*60 {
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Second), true
}

// List returns the uploads in the order in which they run, the running ones
// first.
func (q *Queue) List() []Status {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	jobs := make([]*job, 0, len(q.jobs))
	for _, j := range q.jobs {
		jobs = append(jobs, j)
	}
	slices.SortFunc(jobs, func(a, b *job) int {
		if (a.cancel != nil) != (b.cancel != nil) {
			if a.cancel != nil {
				return -1
			}
			return 1
		}
		return q.before(a, b)
	})
	list := make([]Status, len(jobs))
	for i, j := range jobs {
		list[i] = q.status(j, now)
	}
	return list
}

func (q *Queue) status(j *job, now time.Time) Status {
	s := Status{Item: j.item, Size: j.size, Sent: min(j.sent.Load(), j.size), State: Waiting}
	switch {
	case q.holds(j.item):
		s.State = Paused
	case j.cancel != nil:
		s.State, s.Rate = Running, j.meter.rate(now)
	case j.notBefore.After(now):
		s.State, s.RetryAt = Retrying, j.notBefore
	}
	return s
}
