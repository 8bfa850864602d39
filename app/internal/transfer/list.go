package transfer

import (
	"slices"
	"time"
)

// State is the state of an upload in the queue.
type State string

// The states of an upload in the queue.
const (
	Waiting  State = "waiting" // waiting for its turn
	Running  State = "running"
	Paused   State = "paused"
	Retrying State = "retrying" // after a failure, at RetryAt
)

// Status describes an upload in the queue.
type Status struct {
	Item    Item
	Size    int64
	Sent    int64 // bytes on the server, as far as known
	State   State
	RetryAt time.Time // set when Retrying
	Rate    float64   // bytes per second; 0 if unknown
}

// Left returns the remaining time of the upload; false if unknown.
func (s Status) Left() (time.Duration, bool) { return Left(s.Size-s.Sent, s.Rate) }

// Left returns how long the bytes take at a rate. It returns false without a rate, or for
// more than a month.
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

// List returns the uploads in the order in which they run, beginning with those that are
// running.
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
