package workfolder

import (
	"os"
	"path/filepath"

	"handover/app/internal/leftout"
	"handover/app/internal/standin"
)

// follow looks where events say that something has happened.
func (l *loop) follow() {
	l.hintsAt = never
	if l.watcher == nil {
		return
	}
	h := l.watcher.take()
	if h.all {
		l.stopWatching() // its state may have suffered, too
		l.everything()
		return
	}
	f := follower{loop: l, tasks: map[task]bool{}}
	for path, deep := range h.folders {
		f.folder(path, deep)
	}
	for path := range h.files {
		f.file(path)
	}
	if f.all {
		l.everything()
		return
	}
	tasks := make([]task, 0, len(f.tasks))
	for t := range f.tasks {
		// A folder that is read with all below it need not be read alone.
		if t.deep || !f.tasks[task{t.order, t.rel, true}] {
			tasks = append(tasks, t)
		}
	}
	if f.around {
		tasks = append(tasks, l.around(true)...)
	}
	l.read(tasks)
}

// follower gathers what hints ask for.
type follower struct {
	*loop
	tasks  map[task]bool
	around bool // look for the orders' folders
	all    bool
}

// own handles the files by which Handover knows a folder.
func (f *follower) own(path string) bool {
	dir, name := filepath.Split(path)
	dir = filepath.Clean(dir)
	switch {
	case name == rootMark, name == leftout.IgnoreFile && dir == f.config.Root:
		f.all = true
	case name == IDFile:
		f.around = true
		if o, rel := f.find(dir); o != nil && rel != "" {
			f.tasks[task{o, "", true}] = true // a part of it is another's now, or no longer
		}
	case name == leftout.IgnoreFile:
		if o, rel := f.find(dir); o != nil && rel == "" {
			f.loadRules(o)
			f.tasks[task{o, "", true}] = true
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
		f.around = f.around || f.between[path]
	case o.folders[rel] != nil:
		f.tasks[task{o, rel, deep}] = true
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
	if dir, name := split(rel); (leftout.ByContent(name) || isPlaceholder(path)) && o.folders[dir] != nil {
		f.tasks[task{o, dir, false}] = true // it is judged again
	}
	if f.look(o, rel, f.now()) {
		f.changed[o] = true
	}
}

// isPlaceholder reports whether a path is, or was, a placeholder's.
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
