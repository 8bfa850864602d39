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

// loop is the state of the goroutine that does all looking and deciding.
type loop struct {
	*Folder
	start time.Time

	orders  map[string]*orderFolder
	byPath  map[string]*orderFolder // by the path of their folders
	between map[string]bool         // folders that are in no order
	rules   leftout.List            // of the work folder
	badRule error
	missing bool // the work folder is not there
	watcher *watch.Watcher
	why     error // why nothing is watched

	changed map[*orderFolder]bool
	hintsAt time.Duration // when hints are followed; never for none
	roundAt time.Duration // when the orders' folders are looked for again
	fullAt  time.Duration // when everything is looked at
	retryAt time.Duration // when watching is tried again
	dueAt   time.Duration // when the next file is due
	pace    time.Duration // least time between two looks after events

	wall time.Time // when the clocks were compared
	mono time.Duration
}

const never = time.Duration(1<<63 - 1)

func (l *loop) init(f *Folder) {
	*l = loop{
		Folder: f, start: time.Now(), orders: map[string]*orderFolder{}, byPath: map[string]*orderFolder{},
		between: map[string]bool{}, changed: map[*orderFolder]bool{},
		hintsAt: never, roundAt: never, dueAt: never, pace: debounce,
	}
	l.wall = f.config.tuning.wall()
}

// now is the time since the work folder was opened.
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
		next := min(l.hintsAt, l.roundAt, l.fullAt, l.dueAt, l.now()+heartbeat)
		timer.Reset(max(0, next-l.now()))
	}
}

// step does what is due.
func (l *loop) step() {
	now := l.now()
	if l.slept(now) || now >= l.fullAt {
		l.everything()
		return
	}
	followed := now >= l.hintsAt
	if followed {
		l.follow()
	}
	if l.now() >= l.roundAt {
		l.read(l.around(true))
	}
	l.finish()
	if followed {
		// Under a storm of events looking takes a fifth of the time.
		l.pace = max(debounce, 4*(l.now()-now))
	}
}

// finish settles files that are due and tells the others.
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

// slept reports whether the computer slept, or its clock was set: then events
// may be missing.
func (l *loop) slept(now time.Duration) bool {
	wall := l.config.tuning.wall().Round(0) // without the clock that stands still in sleep
	jump := wall.Sub(l.wall) - (now - l.mono)
	l.wall, l.mono = wall, now
	return jump.Abs() > 5*time.Second
}

// everything looks at all there is.
func (l *loop) everything() {
	l.fullAt = l.now() + l.config.tuning.poll
	if l.rootIsMissing() {
		l.finish()
		return
	}
	l.startWatching()
	if l.watcher != nil {
		l.watcher.Take() // all of it is looked at now
	}
	l.hintsAt = never
	l.rules, l.badRule = leftout.Load(l.config.Root)
	if len(l.orders) > 0 {
		l.readAll()
	}
	if l.watcher != nil {
		l.watcher.Keep(l.wanted)
		l.fullAt = l.now() + l.config.tuning.full
	}
	l.finish()
}

// readAll reads the folders of all orders, wherever they are now.
func (l *loop) readAll() {
	l.around(false)
	var tasks []tree.Task
	for _, o := range l.orders {
		if o.place.Path != "" {
			l.loadRules(o)
			tasks = append(tasks, tree.Task{Tree: o.tree, Deep: true})
		}
	}
	l.read(tasks)
	if l.lacksPlace() {
		l.read(l.around(true))
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

// wanted reports whether a folder is still to be watched.
func (l *loop) wanted(path string) bool {
	if l.between[path] {
		return true
	}
	o, rel := l.find(path)
	return o != nil && o.tree.HasFolder(rel)
}

// find returns the order that a path is in, and where in its folder.
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

// read reads folders and takes in what they hold.
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
		if errors.Is(got.Err, fs.ErrNotExist) && (got.Rel == "" || !l.isThere(o)) {
			l.roundAt = min(l.roundAt, now+debounce)
			continue
		}
		for _, f := range got.Left {
			if f.Reason == leftout.OtherFolder && l.byPath[o.tree.Abs(f.Path)] == nil {
				l.roundAt = min(l.roundAt, now) // it may be that of an open order
			}
		}
		if o.tree.Merge(got, now, l.config.Quiet) {
			l.changed[o] = true
		}
	}
	l.checkWatches()
}
