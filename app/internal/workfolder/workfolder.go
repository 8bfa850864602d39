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

// Order is an order that is open: something can still be delivered for it.
type Order struct {
	ID    string // without control characters, at most 200 bytes
	Title string // names its folder, once
}

// Config says where the work folder is and how it is watched.
type Config struct {
	Root string
	// Create makes Root a work folder if it is none: set it when the seller
	// has chosen it, or when it is used for the first time. Without it a Root
	// that was never one, such as the place of an unplugged drive, is missing.
	Create bool
	// Quiet is how long a file must not change to be at rest; 0 for 2 s.
	Quiet time.Duration
	Log   *slog.Logger // nil for the default

	tuning tuning // of tests
}

// tuning holds what only tests change.
type tuning struct {
	drop       func(path string) bool  // loses events
	fault      func(path string) error // keeps a folder from being read
	watchLimit int                     // how many folders the system watches; 0 for its own limit
	scanning   bool                    // as on a network drive
	poll, full time.Duration           // between scans without events, and with them
	copies     bool                    // Move copies as to another drive
	wall       func() time.Time        // the clock that people set
}

const (
	defaultQuiet = 2 * time.Second
	defaultPoll  = 30 * time.Second
	defaultFull  = 10 * time.Minute
	// debounce gathers events that come together, such as those of one save.
	debounce = 50 * time.Millisecond
	// heartbeat is how often the clocks are compared.
	heartbeat = 30 * time.Second
)

// ErrClosed is returned once the folder is closed.
var ErrClosed = errors.New("the work folder is closed")

// Folder is the seller's work folder. Its methods may be called from several
// goroutines. It runs until Close.
type Folder struct {
	config Config
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	done   chan struct{}
	calls  chan func() // run by the loop
	wake   chan struct{}
	loop   loop // belongs to the goroutine of run

	mu       sync.Mutex
	latest   map[string]Snapshot
	changed  map[string]bool
	problems []Problem
	told     bool // Next has returned the problems
	news     chan struct{}
}

// Open begins to watch a work folder. It fails only if Root cannot be made
// with Create; what goes wrong later is among the [Problem]s.
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
	if err == nil && c.Create {
		err = place.MakeRoot(root)
	}
	if err != nil {
		return nil, fmt.Errorf("make the work folder %s: %w", c.Root, err)
	}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real // events and open files are known by their real paths
	}
	c.Root = root
	f := &Folder{
		config: c, done: make(chan struct{}), calls: make(chan func()), wake: make(chan struct{}, 1),
		latest: map[string]Snapshot{}, changed: map[string]bool{}, told: true, news: make(chan struct{}, 1),
	}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.loop.init(f)
	go f.run()
	return f, nil
}

// Close ends watching and waits until nothing runs any more. Next returns
// ErrClosed then; Snapshot still answers.
func (f *Folder) Close() error {
	f.cancel()
	<-f.done
	return nil
}

// SetOrders says which orders are open: they get a folder unless they have one,
// and are watched. All others are left alone, and their folders stay. It
// returns when each has its folder and its files were looked at.
func (f *Folder) SetOrders(ctx context.Context, orders []Order) error {
	for _, o := range orders {
		if !place.ValidID(o.ID) {
			return fmt.Errorf("%q cannot be the ID of an order", o.ID)
		}
	}
	return f.call(ctx, func() { f.loop.setOrders(orders) })
}

// Rescan looks at everything again and returns when the snapshots say what was
// found: for what the seller wants to see at once, and for tests.
func (f *Folder) Rescan(ctx context.Context) error {
	return f.call(ctx, f.loop.everything)
}

// call has the loop do something, and waits for it.
func (f *Folder) call(ctx context.Context, do func()) error {
	done := make(chan struct{})
	select {
	case f.calls <- func() { defer close(done); do() }:
	case <-f.ctx.Done():
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	<-done // it ends soon after Close, so it is waited for
	return nil
}

// Root is the absolute path of the work folder.
func (f *Folder) Root() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.config.Root
}

// Snapshot returns what the folder of an open order holds, as of the latest
// look. ok is false for orders that are not open.
func (f *Folder) Snapshot(order string) (s Snapshot, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok = f.latest[order]
	s.Files = slices.Clone(s.Files)
	return s, ok
}

// Problems returns what the seller should know of; none is an empty slice.
func (f *Folder) Problems() []Problem {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Problem{}, f.problems...)
}

// News is what is no longer as it was when Next returned last.
type News struct {
	Orders   []string // whose snapshots have changed
	Problems bool     // the list of problems has changed
}

// Next waits until there is news. It is for one goroutine: each piece of news
// is returned once. Changes in between come together, so that a slow caller
// misses states but never the latest one.
func (f *Folder) Next(ctx context.Context) (News, error) {
	for {
		if n := f.takeNews(); n.Problems || len(n.Orders) > 0 {
			return n, nil
		}
		select {
		case <-f.news:
		case <-f.done:
			return News{}, ErrClosed
		case <-ctx.Done():
			return News{}, ctx.Err()
		}
	}
}

func (f *Folder) takeNews() News {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := News{Problems: !f.told}
	for id := range f.changed {
		n.Orders = append(n.Orders, id)
	}
	slices.Sort(n.Orders)
	clear(f.changed)
	f.told = true
	return n
}

// publish makes snapshots and problems visible to others.
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
		f.problems, f.told = problems, false
	}
	if len(f.changed) > 0 || !f.told {
		select {
		case f.news <- struct{}{}:
		default:
		}
	}
}
