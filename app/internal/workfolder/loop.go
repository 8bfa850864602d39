package workfolder

import (
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"handover/app/internal/leftout"
	"handover/app/internal/workfolder/tree"
	"handover/app/internal/workfolder/watch"
)

// loop is the state of the goroutine that scans and decides.
type loop struct {
	*Folder
	start time.Time

	orders   map[string]*orderFolder
	byPath   map[string]*orderFolder // by the path of the order's folder
	between  map[string]bool         // watched folders that belong to no order
	rules    leftout.List            // the work folder's own
	badRule  error
	missing  bool // the work folder is missing
	watcher  *watch.Watcher
	watchErr error // why the work folder is not watched

	changed  map[*orderFolder]bool
	hintsAt  time.Duration // when to follow hints; never without hints
	locateAt time.Duration // when to search for the orders' folders again
	rescanAt time.Duration // when to scan everything
	retryAt  time.Duration // when to try watching again
	dueAt    time.Duration // when the next file is due
	pace     time.Duration // shortest time between two reactions to events

	wall time.Time // wall clock at the last comparison
	mono time.Duration
}

const never = time.Duration(1<<63 - 1)

func (l *loop) init(f *Folder) {
	*l = loop{
		Folder: f, start: time.Now(), orders: map[string]*orderFolder{}, byPath: map[string]*orderFolder{},
		between: map[string]bool{}, changed: map[*orderFolder]bool{},
		hintsAt: never, locateAt: never, dueAt: never, pace: debounce,
	}
	l.wall = f.config.tuning.wall()
}

// now returns the time since the work folder was opened.
func (l *loop) now() time.Duration { return time.Since(l.start) }

func (f *Folder) run() {
	l := &f.loop
	defer close(f.done)
	defer l.stopWatching()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-f.ctx.Done():
			return
		case do := <-f.calls:
			do()
		case <-f.wake:
			l.hintsAt = min(l.hintsAt, l.now()+l.pace)
		case <-timer.C:
		}
		l.step()
		next := min(l.hintsAt, l.locateAt, l.rescanAt, l.dueAt, l.now()+heartbeat)
		timer.Reset(max(0, next-l.now()))
	}
}

// step does all work that is due.
func (l *loop) step() {
	now := l.now()
	if l.slept(now) || now >= l.rescanAt {
		l.rescan()
		return
	}
	followed := now >= l.hintsAt
	if followed {
		l.follow()
	}
	if l.now() >= l.locateAt {
		l.read(l.locate(true))
	}
	l.finish()
	if followed {
		// During a storm of events, scanning takes at most a fifth of the time.
		l.pace = max(debounce, 4*(l.now()-now))
	}
}

// finish settles the files that are due and publishes the changes.
func (l *loop) finish() {
	if l.ctx.Err() != nil {
		return
	}
	l.settle()
	changed := make([]*orderFolder, 0, len(l.changed))
	for o := range l.changed {
		changed = append(changed, o)
	}
	clear(l.changed)
	l.publish(changed, l.listProblems())
}

// slept reports whether the computer slept or its clock was set. Events may be
// missing then.
func (l *loop) slept(now time.Duration) bool {
	wall := l.config.tuning.wall().Round(0) // strip the monotonic clock, which stops during sleep
	jump := wall.Sub(l.wall) - (now - l.mono)
	l.wall, l.mono = wall, now
	return jump.Abs() > 5*time.Second
}

// rescan scans everything.
func (l *loop) rescan() {
	l.rescanAt = l.now() + l.config.tuning.poll
	if l.rootIsMissing() {
		l.finish()
		return
	}
	l.startWatching()
	if l.watcher != nil {
		l.watcher.Take() // the scan covers these hints
	}
	l.hintsAt = never
	l.rules, l.badRule = leftout.Load(l.config.Root)
	if len(l.orders) > 0 {
		l.readAll()
	}
	if l.watcher != nil {
		l.watcher.Keep(l.wanted)
		l.rescanAt = l.now() + l.config.tuning.full
	}
	l.finish()
}

// readAll searches for the folders of all orders and reads them.
func (l *loop) readAll() {
	l.locate(false)
	var tasks []tree.Task
	for _, o := range l.orders {
		if o.place.Path != "" {
			l.loadRules(o)
			tasks = append(tasks, tree.Task{Tree: o.tree, Deep: true})
		}
	}
	l.read(tasks)
	if l.lacksPlace() {
		l.read(l.locate(true))
	}
}

func (l *loop) lacksPlace() bool {
	for _, o := range l.orders {
		if o.place.Path == "" {
			return true
		}
	}
	return false
}

// wanted reports whether a folder must still be watched.
func (l *loop) wanted(path string) bool {
	if l.between[path] {
		return true
	}
	o, rel := l.find(path)
	return o != nil && o.tree.HasFolder(rel)
}

// find returns the order that a path belongs to, and the path within its folder.
func (l *loop) find(path string) (*orderFolder, string) {
	for dir := path; ; {
		if o := l.byPath[dir]; o != nil {
			rel, err := filepath.Rel(dir, path)
			if err != nil {
				return nil, ""
			}
			if rel = filepath.ToSlash(rel); rel == "." {
				rel = ""
			}
			return o, rel
		}
		above := filepath.Dir(dir)
		if above == dir || dir == l.config.Root {
			return nil, ""
		}
		dir = above
	}
}

// read reads folders and merges the results.
func (l *loop) read(tasks []tree.Task) {
	if len(tasks) == 0 || l.ctx.Err() != nil {
		return
	}
	r := tree.Reader{Aged: !l.config.tuning.scanning && !watch.Silent(l.config.Root), Fault: l.config.tuning.fault}
	if l.watcher != nil {
		r.Watch = l.watcher.Watch
	}
	listings := r.Read(tasks)
	now := l.now()
	for _, got := range listings {
		o := l.orders[got.Tree.Order]
		if errors.Is(got.Err, fs.ErrNotExist) && (got.Rel == "" || !l.inPlace(o)) {
			l.locateAt = min(l.locateAt, now+debounce)
			continue
		}
		for _, f := range got.Left {
			if f.Reason == leftout.OtherFolder && l.byPath[o.tree.Abs(f.Path)] == nil {
				l.locateAt = min(l.locateAt, now) // it may be the folder of an open order
			}
		}
		if o.tree.Merge(got, now, l.config.Quiet) {
			l.changed[o] = true
		}
	}
	l.checkWatches()
}
