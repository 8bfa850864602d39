package workfolder

import (
	"os"
	"path/filepath"

	"handover/app/internal/leftout"
	"handover/app/internal/standin"
	"handover/app/internal/workfolder/place"
	"handover/app/internal/workfolder/tree"
)

// follow checks the files and folders that events have named.
func (l *loop) follow() {
	l.hintsAt = never
	if l.watcher == nil {
		return
	}
	h := l.watcher.Take()
	if h.All {
		l.stopWatching() // the watcher's state may be wrong, too
		l.rescan()
		return
	}
	f := follower{loop: l, tasks: map[tree.Task]bool{}}
	for path, deep := range h.Folders {
		f.folder(path, deep)
	}
	for path := range h.Files {
		f.file(path)
	}
	if f.all {
		l.rescan()
		return
	}
	tasks := make([]tree.Task, 0, len(f.tasks))
	for t := range f.tasks {
		// Reading a folder with its subfolders includes reading it alone.
		if t.Deep || !f.tasks[tree.Task{Tree: t.Tree, Rel: t.Rel, Deep: true}] {
			tasks = append(tasks, t)
		}
	}
	if f.locate {
		tasks = append(tasks, l.locate(true)...)
	}
	l.read(tasks)
}

// follower collects the checks that hints ask for.
type follower struct {
	*loop
	tasks  map[tree.Task]bool
	locate bool // search for the orders' folders
	all    bool
}

// own handles events of Handover's own files. It reports whether path is one.
func (f *follower) own(path string) bool {
	dir, name := filepath.Split(path)
	dir = filepath.Clean(dir)
	switch {
	case name == place.RootMark, name == leftout.IgnoreFile && dir == f.config.Root:
		f.all = true
	case name == IDFile:
		f.locate = true
		if o, rel := f.find(dir); o != nil && rel != "" {
			f.tasks[tree.Task{Tree: o.tree, Deep: true}] = true // a part of it now belongs to another order, or no longer does
		}
	case name == leftout.IgnoreFile:
		if o, rel := f.find(dir); o != nil && rel == "" {
			f.loadRules(o)
			f.tasks[tree.Task{Tree: o.tree, Deep: true}] = true
		}
	default:
		return false
	}
	return true
}

func (f *follower) folder(path string, deep bool) {
	if f.own(path) {
		return
	}
	o, rel := f.find(path)
	switch {
	case o == nil:
		f.locate = f.locate || f.between[path]
	case o.tree.HasFolder(rel):
		f.tasks[tree.Task{Tree: o.tree, Rel: rel, Deep: deep}] = true
	}
}

func (f *follower) file(path string) {
	if f.own(path) {
		return
	}
	o, rel := f.find(path)
	if o == nil || rel == "" {
		return
	}
	dir, name := tree.Split(rel)
	if (leftout.ByContent(name) || isPlaceholder(path)) && o.tree.HasFolder(dir) {
		f.tasks[tree.Task{Tree: o.tree, Rel: dir}] = true // judge the file again
	}
	changed, away := o.tree.Stat(rel, f.now(), f.config.Quiet, func() bool { return f.inPlace(o) })
	if changed {
		f.changed[o] = true
	}
	if away {
		f.locateAt = min(f.locateAt, f.now()+debounce)
	}
}

// isPlaceholder reports whether a path is or was a placeholder.
func isPlaceholder(path string) bool {
	if _, service := standin.RealName(filepath.Base(path)); service != "" {
		return true
	}
	info, err := os.Lstat(path)
	if err != nil {
		return false
	}
	_, found := standin.Seen(info)
	return found
}
