// Package transfer decides which uploads run when, and how fast: a few at once,
// in the order in which they are needed, within the seller's limits, again
// after a fault. What an upload is, its user says.
package transfer

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Item names an upload: a file within a group, such as an order's draft.
type Item struct {
	Group string `json:"group"`
	Name  string `json:"name"`
}

// ErrLater is matched by the error of an upload that should be tried again, such
// as a [Later].
var ErrLater = errors.New("try again later")

// Later is an Err after which an upload should be tried again.
type Later struct {
	After time.Duration // 0 for a wait that grows with the upload's failures
	Err   error
}

func (l *Later) Error() string { return l.Err.Error() }
func (l *Later) Unwrap() error { return l.Err }

// Is reports whether target is ErrLater.
func (l *Later) Is(target error) bool { return target == ErrLater }

// Run carries out one upload until it is done or the context ends. It calls
// sent with the number of bytes that the server has, as often as it likes.
//
// It returns nil when the upload is done. When its context ends before, it
// returns an error and is called again if the upload was only paused. When it
// returns an error with ErrLater in it, it is called again after a while; with
// any other it is not, unless it was added again: telling the seller is the
// function's duty.
type Run func(ctx context.Context, item Item, sent func(bytes int64)) error

// Options are what a queue works with. Run and Parallel are required.
type Options struct {
	Run Run
	// Parallel is how many uploads run at once unless the settings say. Small
	// ones may be more then.
	Parallel int
	Settings Settings
	// Probe makes a small request to the server, for Settings.Yield; nil when
	// that cannot be measured.
	Probe func(ctx context.Context) error
	// Moved is called when the computer woke up or is in another network, and
	// connections are likely dead; may be nil.
	Moved func()
	// Metered reports whether the network counts what it carries; nil for the
	// system's own word.
	Metered func(context.Context) bool
	// Addresses names the networks that the computer is in; nil for the
	// system's own word.
	Addresses func() string
}

// Queue runs uploads. Close it to end them all.
type Queue struct {
	options Options
	limit   *limiter
	ctx     context.Context
	cancel  context.CancelFunc
	work    sync.WaitGroup

	mu       sync.Mutex
	settings Settings
	metered  bool // the network is, and the settings care
	running  int
	jobs     map[Item]*job
	line     line              // those of them that do not run
	groups   map[string]int    // how many of them each group has
	meters   map[string]*meter // by group; "" for all
	history  history           // of all together
	changed  chan struct{}     // closed and replaced when a job ends
}

type job struct {
	item      Item
	size      int64
	due       time.Time
	place     int // in the line, counted from 1; 0 for none
	notBefore time.Time
	failures  int
	sent      atomic.Int64
	meter     meter
	cancel    context.CancelFunc // of the running upload; nil while it waits
	done      chan struct{}      // closed when the running upload has ended
	again     bool               // it was interrupted, to go on later
	anew      bool               // it was added again while it ran
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

// Close ends all uploads and waits for them.
func (q *Queue) Close() {
	q.mu.Lock() // nothing starts afterwards
	q.cancel()
	q.mu.Unlock()
	q.work.Wait()
}

// Add puts an upload into the queue; what is due sooner goes before. One that
// is there already stays where it is, but no longer waits for its next try. One
// that runs is tried again at once should it fail: it may have begun before that
// happened for which it is added.
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
		j.anew = true
	}
	q.start()
}

// Remove takes an upload out of the queue, and waits until it has ended. It
// reports whether it was there.
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

// Wait returns once no upload of the group is queued or running, or with the
// context's error. Paused uploads are waited for.
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

// Apply makes the settings hold from now on, for running uploads too.
func (q *Queue) Apply(s Settings) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.settings = s
	q.metered = q.metered && s.PauseMetered
	q.limit.set(q.allowed(time.Now()))
	q.enforce()
}

// enforce interrupts what is paused, and what is too much at once, and starts
// what may run. The caller holds the lock.
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

// interrupt ends a running upload, which stays in the queue.
func (q *Queue) interrupt(j *job) {
	j.again = true
	j.cancel()
}

// Retry has what waits for its next try start now: the server can be reached
// again.
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

// Wake tries everything again now: the network may be back, or another one.
// Uploads that run begin anew, on new connections.
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

// Pace is the limit for all uploads together, as package tus asks for it.
func (q *Queue) Pace(ctx context.Context, n int) (int, error) { return q.limit.take(ctx, n) }

// start begins waiting uploads while there is room. The caller holds the lock.
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

// small is the size up to which an upload is mostly waiting for answers, and
// smallAtOnce how many run then, unless the seller has set a number. Tiny ones
// are waiting for nothing else, and share what both sides do for each.
const (
	small       = 1 << 20
	smallAtOnce = 8
	tiny        = 64 << 10
	tinyAtOnce  = 128
)

// parallel is how many uploads may run for one of this size to start.
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
	again := (j.again || j.anew) && err != nil
	j.cancel, j.again, j.anew = nil, false, false
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

// forget drops an upload and tells those who wait. The caller holds the lock.
func (q *Queue) forget(j *job) {
	delete(q.jobs, j.item)
	q.line.leave(j)
	if q.groups[j.item.Group]--; q.groups[j.item.Group] == 0 {
		delete(q.groups, j.item.Group)
	}
	close(q.changed)
	q.changed = make(chan struct{})
}
