package workfolder

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"handover/app/internal/workfolder/place"
)

// Order is an open order: it can still receive a delivery.
type Order struct {
	ID    string // without control characters, at most 200 bytes
	Title string // names the folder when it is created
}

// Config says where the work folder is and how it is watched.
type Config struct {
	Root string
	// Create makes Root a work folder. Set it when the seller has chosen Root, or
	// on the first start. Without it, a Root that was never a work folder counts
	// as missing, such as the mount point of an unplugged drive.
	Create bool
	// Quiet is how long a file must stay unchanged to count as at rest; 0 for 2 s.
	Quiet time.Duration
	Log   *slog.Logger // nil for the default logger

	tuning tuning // set by tests
}

// tuning holds settings for tests.
type tuning struct {
	drop       func(path string) bool  // drops events
	fault      func(path string) error // makes reading a folder fail
	watchLimit int                     // number of folders that can be watched; 0 for the system's limit
	scanning   bool                    // as on a network drive
	poll, full time.Duration           // scan intervals without and with events
	copies     bool                    // Move copies as if to another drive
	wall       func() time.Time        // the wall clock
}

const (
	defaultQuiet = 2 * time.Second
	defaultPoll  = 30 * time.Second
	defaultFull  = 10 * time.Minute
	// debounce combines events that come together, such as those of one save.
	debounce = 50 * time.Millisecond
	// heartbeat is how often the wall clock is compared with the monotonic clock.
	heartbeat = 30 * time.Second
)

// ErrClosed is returned after Close.
var ErrClosed = errors.New("the work folder is closed")

// Folder is the seller's work folder. Its methods are safe for concurrent use. It
// runs until Close.
type Folder struct {
	config Config
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	done   chan struct{}
	calls  chan func() // run by the loop's goroutine
	wake   chan struct{}
	loop   loop // owned by the loop's goroutine

	mu       sync.Mutex
	latest   map[string]Snapshot
	changed  map[string]bool
	problems []Problem
	reported bool // Next has returned the current problems
	ready    chan struct{}
}

// Open starts watching a work folder. It fails only if Create is set and Root
// cannot be made; later failures are reported as [Problem]s.
func Open(c Config) (*Folder, error) {
	if c.Quiet <= 0 {
		c.Quiet = defaultQuiet
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	t := &c.tuning
	if t.poll <= 0 {
		t.poll = defaultPoll
	}
	if t.full <= 0 {
		t.full = defaultFull
	}
	if t.wall == nil {
		t.wall = time.Now
	}
	root, err := filepath.Abs(c.Root)
	if err != nil {
		return nil, fmt.Errorf("make the work folder %s: %w", c.Root, err)
	}
	if c.Create {
		if err := place.MakeRoot(root); err != nil {
			return nil, fmt.Errorf("make the work folder %s: %w", c.Root, err)
		}
	}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real // events and open files are reported by their real paths
	}
	c.Root = root
	f := &Folder{
		config: c, done: make(chan struct{}), calls: make(chan func()), wake: make(chan struct{}, 1),
		latest: map[string]Snapshot{}, changed: map[string]bool{}, reported: true, ready: make(chan struct{}, 1),
	}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.loop.init(f)
	go f.run()
	return f, nil
}

// Close stops watching and waits for the loop to end. Afterwards Next returns
// ErrClosed, and Snapshot still works.
func (f *Folder) Close() error {
	f.cancel()
	<-f.done
	return nil
}

// SetOrders sets the open orders. It creates missing folders and watches them; the
// folders of other orders stay but are not watched. It returns when every order has
// its folder and the folder was read.
func (f *Folder) SetOrders(ctx context.Context, orders []Order) error {
	for _, o := range orders {
		if !place.ValidID(o.ID) {
			return fmt.Errorf("%q cannot be the ID of an order", o.ID)
		}
	}
	return f.call(ctx, func() { f.loop.setOrders(orders) })
}

// Rescan scans everything again and returns when the snapshots are up to date. It
// serves a manual refresh, and tests.
func (f *Folder) Rescan(ctx context.Context) error {
	return f.call(ctx, f.loop.rescan)
}

// call runs do in the loop's goroutine and waits for it.
func (f *Folder) call(ctx context.Context, do func()) error {
	done := make(chan struct{})
	select {
	case f.calls <- func() { defer close(done); do() }:
	case <-f.ctx.Done():
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	<-done // it ends soon after Close, so waiting is safe
	return nil
}

// Root returns the absolute path of the work folder.
func (f *Folder) Root() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.config.Root
}

// Snapshot returns the latest snapshot of an open order's folder. ok is false for
// other orders.
func (f *Folder) Snapshot(order string) (s Snapshot, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok = f.latest[order]
	s.Files = slices.Clone(s.Files)
	return s, ok
}

// Problems returns the current problems; never nil.
func (f *Folder) Problems() []Problem {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Problem{}, f.problems...)
}

// News lists the changes since the previous call of Next.
type News struct {
	Orders   []string // with a changed snapshot
	Problems bool     // the list of problems has changed
}

// Next waits for changes and returns each once. Only one goroutine may call it.
// Changes between two calls are combined: a slow caller misses intermediate
// states, but never the latest.
func (f *Folder) Next(ctx context.Context) (News, error) {
	for {
		if n := f.pendingNews(); n.Problems || len(n.Orders) > 0 {
			return n, nil
		}
		select {
		case <-f.ready:
		case <-f.done:
			return News{}, ErrClosed
		case <-ctx.Done():
			return News{}, ctx.Err()
		}
	}
}

func (f *Folder) pendingNews() News {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := News{Problems: !f.reported}
	for id := range f.changed {
		n.Orders = append(n.Orders, id)
	}
	slices.Sort(n.Orders)
	clear(f.changed)
	f.reported = true
	return n
}

// publish makes snapshots and problems visible to callers.
func (f *Folder) publish(changed []*orderFolder, problems []Problem) {
	fresh := make([]Snapshot, len(changed))
	for i, o := range changed {
		fresh[i] = o.snapshot()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range fresh {
		f.latest[s.Order] = s
		f.changed[s.Order] = true
	}
	if !slices.Equal(problems, f.problems) {
		f.problems, f.reported = problems, false
	}
	if len(f.changed) > 0 || !f.reported {
		select {
		case f.ready <- struct{}{}:
		default:
		}
	}
}
