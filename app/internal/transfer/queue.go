// Package transfer decides which uploads run when: a few at once, small ones
// first, again after a fault. What an upload is, its user says.
package transfer

import (
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// Item names an upload: a file within a group, such as an order's draft.
type Item struct {
	Group, Name string
}

// ErrLater is wrapped by the error of an upload that should be tried again.
var ErrLater = errors.New("try again later")

// Run carries out one upload until it is done or the context ends. It calls
// sent with the number of bytes that the server has, as often as it likes.
// When it returns an error with ErrLater in it, it is called again after a
// while; with any other it is not: telling the seller is the function's duty.
type Run func(ctx context.Context, item Item, sent func(bytes int64)) error

// Queue runs uploads. Close it to end them all.
type Queue struct {
	run    Run
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex
	free    int // uploads that may start now
	jobs    map[Item]*job
	meters  map[string]*meter // by group
	changed chan struct{}     // closed and replaced when a job ends
}

type job struct {
	item      Item
	size      int64
	notBefore time.Time
	failures  int
	sent      atomic.Int64
	cancel    context.CancelFunc // of the running upload; nil while it waits
	done      chan struct{}      // closed when the running upload has ended
	removed   bool
}

// New returns a queue that runs up to parallel uploads at once.
func New(parallel int, run Run) *Queue {
	ctx, cancel := context.WithCancel(context.Background())
	return &Queue{
		run: run, ctx: ctx, cancel: cancel, free: parallel,
		jobs: map[Item]*job{}, meters: map[string]*meter{}, changed: make(chan struct{}),
	}
}

// Close ends all uploads and waits for them.
func (q *Queue) Close() {
	q.cancel()
	q.mu.Lock()
	q.free = 0
	q.mu.Unlock()
	q.work.Wait()
}

// Add puts an upload into the queue. One that is there already stays as it is,
// but no longer waits for its next try.
func (q *Queue) Add(item Item, size int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := q.jobs[item]
	if j == nil {
		j = &job{item: item, size: size}
		q.jobs[item] = j
	}
	j.notBefore = time.Time{}
	q.start()
}

// Remove takes an upload out of the queue, and waits until it has ended.
func (q *Queue) Remove(item Item) {
	q.mu.Lock()
	j := q.jobs[item]
	if j == nil {
		q.mu.Unlock()
		return
	}
	j.removed = true
	delete(q.jobs, item)
	q.announce()
	done := j.done
	if j.cancel != nil {
		j.cancel()
	}
	q.mu.Unlock()
	if done != nil {
		<-done
	}
}

// Wait returns once no upload of the group is queued or running, or with the
// context's error.
func (q *Queue) Wait(ctx context.Context, group string) error {
	for {
		q.mu.Lock()
		changed, busy := q.changed, false
		for item := range q.jobs {
			busy = busy || item.Group == group
		}
		q.mu.Unlock()
		if !busy {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-q.ctx.Done():
			return context.Canceled
		}
	}
}

// start begins waiting uploads while there is room. The caller holds the lock.
func (q *Queue) start() {
	for q.free > 0 && q.ctx.Err() == nil {
		j := q.next(time.Now())
		if j == nil {
			return
		}
		ctx, cancel := context.WithCancel(q.ctx)
		j.cancel, j.done = cancel, make(chan struct{})
		q.free--
		q.work.Go(func() { q.carryOut(ctx, j) })
	}
}

// next returns the smallest upload that waits and may start, or nil.
func (q *Queue) next(now time.Time) *job {
	var best *job
	for j := range maps.Values(q.jobs) {
		if j.cancel != nil || j.notBefore.After(now) {
			continue
		}
		if best == nil || j.size < best.size || j.size == best.size && j.item.Name < best.item.Name {
			best = j
		}
	}
	return best
}

func (q *Queue) carryOut(ctx context.Context, j *job) {
	err := q.run(ctx, j.item, func(bytes int64) { q.progress(j, bytes) })
	q.mu.Lock()
	defer q.mu.Unlock()
	j.cancel()
	j.cancel = nil
	close(j.done)
	j.done = nil
	q.free++
	switch {
	case j.removed || q.ctx.Err() != nil:
	case errors.Is(err, ErrLater):
		q.later(j)
	default:
		delete(q.jobs, j.item)
		q.announce()
	}
	if q.ctx.Err() == nil {
		q.start()
	}
}

// later tries an upload again after a wait that grows with its failures.
func (q *Queue) later(j *job) {
	wait := min(time.Minute, 2*time.Second<<min(j.failures, 5))
	j.failures++
	j.notBefore = time.Now().Add(wait)
	q.work.Go(func() {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
			q.mu.Lock()
			defer q.mu.Unlock()
			q.start()
		case <-q.ctx.Done():
		}
	})
}

// announce tells those who wait. The caller holds the lock.
func (q *Queue) announce() {
	close(q.changed)
	q.changed = make(chan struct{})
}
