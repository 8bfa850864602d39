// Package transfer schedules uploads: a few at once, in the order in which they are
// needed, within the seller's limits, and again after a failure. Its user defines what an
// upload does.
package transfer

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Item identifies an upload: a file within a group, such as an order's draft.
type Item struct {
	Group string `json:"group"`
	Name  string `json:"name"`
}

// ErrLater matches the errors of uploads that should be retried, such as [Later].
var ErrLater = errors.New("try again later")

// Later wraps an error after which the upload should be retried.
type Later struct {
	After time.Duration // 0 for a wait that grows with the upload's failures
	Err   error
}

func (l *Later) Error() string { return l.Err.Error() }
func (l *Later) Unwrap() error { return l.Err }

// Is reports whether target is ErrLater.
func (l *Later) Is(target error) bool { return target == ErrLater }

// Run performs one upload until it is done or the context ends. It calls sent with the
// number of bytes on the server, as often as it likes.
//
// Run returns nil when the upload is done. If its context ends first, it returns an
// error; it is called again if the upload was only paused. After an error that matches
// ErrLater it is called again after a while; after any other error only if the upload
// was added again. Run itself must report errors to the seller.
type Run func(ctx context.Context, item Item, sent func(bytes int64)) error

// Options configure a queue. Run and Parallel are required.
type Options struct {
	Run Run
	// Parallel is how many uploads run at once unless the settings say otherwise. More
	// small ones may run.
	Parallel int
	Settings Settings
	// Probe makes a small request to the server for Settings.Yield; nil disables
	// yielding.
	Probe func(ctx context.Context) error
	// Moved is called when the computer woke up or changed networks, so existing
	// connections are probably dead; may be nil.
	Moved func()
	// Metered reports whether the network is metered; nil asks the system.
	Metered func(context.Context) bool
	// Addresses identifies the networks that the computer is connected to; nil asks the
	// system.
	Addresses func() string
}

// Queue runs uploads. Close ends all of them.
type Queue struct {
	options Options
	limit   *limiter
	ctx     context.Context
	cancel  context.CancelFunc
	work    sync.WaitGroup

	mu       sync.Mutex
	settings Settings
	metered  bool // the network is metered, and the settings pause on it
	running  int
	jobs     map[Item]*job
	line     line              // jobs that are not running
	groups   map[string]int    // number of jobs in each group
	meters   map[string]*meter // by group; "" for all
	history  history           // of all uploads together
	changed  chan struct{}     // closed and replaced when a job ends
}

type job struct {
	item      Item
	size      int64
	due       time.Time
	place     int // position in the line, from 1; 0 if not in it
	notBefore time.Time
	failures  int
	sent      atomic.Int64
	meter     meter
	cancel    context.CancelFunc // cancels the running upload; nil while it waits
	done      chan struct{}      // closed when the running upload has ended
	again     bool               // interrupted, to continue later
	readded   bool               // added again while it was running
	removed   bool
}

// New returns a queue that runs uploads until Close.
func New(o Options) *Queue {
	if o.Moved == nil {
		o.Moved = func() {}
	}
	if o.Metered == nil {
		o.Metered = systemMetered
	}
	if o.Addresses == nil {
		o.Addresses = systemAddresses
	}
	ctx, cancel := context.WithCancel(context.Background())
	q := &Queue{
		options: o, limit: newLimiter(), ctx: ctx, cancel: cancel, settings: o.Settings,
		jobs: map[Item]*job{}, groups: map[string]int{}, meters: map[string]*meter{}, changed: make(chan struct{}),
	}
	q.line = line{before: q.before, aside: map[*job]struct{}{}}
	q.limit.set(q.allowed(time.Now()))
	q.work.Go(q.watch)
	return q
}

// Close cancels all uploads and waits for them.
func (q *Queue) Close() {
	q.mu.Lock() // nothing starts afterwards
	q.cancel()
	q.mu.Unlock()
	q.work.Wait()
}

// Add puts an upload into the queue, sorted by due time. An upload that is already queued
// keeps its place but no longer waits for its retry. If it is running and fails, it is
// retried at once, because it may have started before the change that Add is called for.
func (q *Queue) Add(item Item, size int64, due time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := q.jobs[item]
	if j == nil {
		j = &job{item: item}
		q.jobs[item] = j
		q.groups[item.Group]++
	}
	j.size, j.due, j.notBefore = size, due, time.Time{}
	if j.cancel == nil {
		q.line.enter(j)
	} else {
		j.readded = true
	}
	q.start()
}

// Remove removes an upload and waits until it has stopped. It reports whether the upload
// was in the queue.
func (q *Queue) Remove(item Item) bool {
	q.mu.Lock()
	j := q.jobs[item]
	if j == nil {
		q.mu.Unlock()
		return false
	}
	j.removed = true
	q.forget(j)
	done := j.done
	if j.cancel != nil {
		j.cancel()
	}
	q.mu.Unlock()
	if done != nil {
		<-done
	}
	return true
}

// Wait returns when no upload of the group is queued or running, or with the context's
// error. It also waits for paused uploads.
func (q *Queue) Wait(ctx context.Context, group string) error {
	for {
		q.mu.Lock()
		changed, left := q.changed, q.groups[group]
		q.mu.Unlock()
		if left == 0 {
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

// Apply applies the settings, also to running uploads.
func (q *Queue) Apply(s Settings) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.settings = s
	q.metered = q.metered && s.PauseMetered
	q.limit.set(q.allowed(time.Now()))
	q.enforce()
}

// enforce interrupts uploads that are paused or exceed the limit of parallel uploads, and
// starts those that may run. The caller holds the lock.
func (q *Queue) enforce() {
	var running []*job
	for _, j := range q.jobs {
		switch {
		case j.cancel == nil || j.again:
		case q.holds(j.item):
			q.interrupt(j)
		default:
			running = append(running, j)
		}
	}
	slices.SortFunc(running, q.before)
	for len(running) > q.parallel(0) {
		q.interrupt(running[len(running)-1])
		running = running[:len(running)-1]
	}
	q.line.reorder()
	q.start()
}

// interrupt stops a running upload and keeps it in the queue.
func (q *Queue) interrupt(j *job) {
	j.again = true
	j.cancel()
}

// Retry starts the uploads that wait for a retry: the server is reachable again.
func (q *Queue) Retry() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.retry()
}

// retry is Retry for callers that hold the lock.
func (q *Queue) retry() {
	for _, j := range q.jobs {
		j.notBefore, j.failures = time.Time{}, 0
	}
	q.line.reorder()
	q.start()
}

// Wake retries everything now, because the network may be back or have changed. Running
// uploads start again on new connections.
func (q *Queue) Wake() {
	q.options.Moved()
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, j := range q.jobs {
		if j.cancel != nil {
			q.interrupt(j)
		}
	}
	q.retry()
}

// Pace limits the rate of all uploads together. It has the signature of tus.Pace.
func (q *Queue) Pace(ctx context.Context, n int) (int, error) { return q.limit.take(ctx, n) }

// start starts waiting uploads up to the limit. The caller holds the lock.
func (q *Queue) start() {
	for q.ctx.Err() == nil {
		j := q.next(time.Now())
		if j == nil || q.running >= q.parallel(j.size) {
			return
		}
		q.line.leave(j)
		ctx, cancel := context.WithCancel(q.ctx)
		j.cancel, j.done = cancel, make(chan struct{})
		q.running++
		q.work.Go(func() { q.carryOut(ctx, j) })
	}
}

// small is the size up to which an upload mostly waits for responses, and smallAtOnce how
// many of those run in parallel unless the seller has set a number. The smallest files
// also share requests, see package tus.
const (
	small       = 1 << 20
	smallAtOnce = 8
	tiny        = 64 << 10
	tinyAtOnce  = 128
)

// parallel returns how many uploads may run when an upload of this size starts.
func (q *Queue) parallel(size int64) int {
	switch {
	case q.settings.Parallel > 0:
		return q.settings.Parallel
	case size <= tiny:
		return max(q.options.Parallel, tinyAtOnce)
	case size <= small:
		return max(q.options.Parallel, smallAtOnce)
	}
	return q.options.Parallel
}

func (q *Queue) carryOut(ctx context.Context, j *job) {
	err := q.options.Run(ctx, j.item, func(bytes int64) { q.progress(j, bytes) })
	q.mu.Lock()
	defer q.mu.Unlock()
	j.cancel()
	again := (j.again || j.readded) && err != nil
	j.cancel, j.again, j.readded = nil, false, false
	close(j.done)
	j.done = nil
	q.running--
	switch {
	case j.removed || q.ctx.Err() != nil:
	case again:
		q.line.enter(j)
	case errors.Is(err, ErrLater):
		wait := time.Duration(0)
		if later, ok := errors.AsType[*Later](err); ok {
			wait = later.After
		}
		q.later(j, wait)
	default:
		q.forget(j)
	}
	q.start()
}

// forget drops an upload and wakes waiting callers. The caller holds the lock.
func (q *Queue) forget(j *job) {
	delete(q.jobs, j.item)
	q.line.leave(j)
	if q.groups[j.item.Group]--; q.groups[j.item.Group] == 0 {
		delete(q.groups, j.item.Group)
	}
	close(q.changed)
	q.changed = make(chan struct{})
}
