package tree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"handover/app/internal/content"
	"handover/app/internal/leftout"
	"handover/app/internal/standin"
	"handover/app/internal/workfolder/dirid"
	"handover/app/internal/workfolder/place"
)

// Task is a folder of an order to be read.
type Task struct {
	Tree *Tree
	Rel  string // within the order's folder; "" for itself
	Deep bool   // also folders below that are known
}

// Listing is what a folder held when it was read.
type Listing struct {
	Task
	Err     error
	files   []seen
	folders []string
	Left    []File // with symbolic links that are not left out
}

// seen is a file as it was when it was looked at.
type seen struct {
	name string
	id   content.Identity
	rest time.Duration // it was not touched before it was looked at; 0 when that is not known

	executable bool
}

// facts are what the system says of a file.
type facts struct {
	id      content.Identity
	regular bool
	touched time.Time // last, as far as the system tells

	executable bool
	away       string // what has its content, when that is not here
}

// openDir is a folder that is open for reading.
type openDir struct {
	*os.File
	volume content.Volume
}

// Reader reads folders. Orders are not changed while it does.
type Reader struct {
	Watch func(path string, id dirid.ID) // nil when nothing is watched
	Aged  bool                           // times of the disk can be trusted
	Fault func(path string) error        // of tests; nil for none
}

// workers is how many folders are read at once: reading them waits for the
// system, and for the disk when it was not read lately.
func workers() int { return max(2, min(8, runtime.GOMAXPROCS(0))) }

// Read reads the folders, and those below that are new or asked for.
func (r *Reader) Read(tasks []Task) []Listing {
	var all []Listing
	for len(tasks) > 0 {
		level := make([]Listing, len(tasks))
		var group sync.WaitGroup
		next := make(chan int)
		for range min(workers(), len(tasks)) {
			group.Go(func() {
				for i := range next {
					level[i] = r.readOne(tasks[i])
				}
			})
		}
		for i := range tasks {
			next <- i
		}
		close(next)
		group.Wait()
		var below []Task
		for _, l := range level {
			for _, name := range l.folders {
				rel := join(l.Rel, name)
				if _, known := l.Tree.folders[rel]; l.Deep || !known {
					below = append(below, Task{l.Tree, rel, true})
				}
			}
		}
		all, tasks = append(all, level...), below
	}
	return all
}

func (r *Reader) readOne(t Task) Listing {
	l := Listing{Task: t}
	dir := t.Tree.Abs(t.Rel)
	id, err := dirid.Of(dir)
	if err != nil {
		l.Err = err
		return l
	}
	if r.Watch != nil {
		r.Watch(dir, id) // before it is read, so that nothing falls between
	}
	f, err := r.open(dir)
	if err != nil {
		l.Err = err
		return l
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	l.Err = err
	now, open := time.Now(), openDir{f, content.VolumeOf(f)}
	judge := l.judge(dir, entries)
	for _, e := range entries {
		l.add(e, judge, open, now, r.Aged)
	}
	l.dropAnswered()
	return l
}

func (r *Reader) open(dir string) (*os.File, error) {
	if r.Fault != nil {
		if err := r.Fault(dir); err != nil {
			return nil, err
		}
	}
	return dirid.Open(dir)
}

// judge decides on the entries of the folder.
func (l *Listing) judge(dir string, entries []fs.DirEntry) *leftout.Folder {
	names := func() []string {
		list := make([]string, len(entries))
		for i, e := range entries {
			list[i] = e.Name()
		}
		return list
	}
	return l.Tree.Rules.In(l.Rel, names, func(name string) []byte { return leftout.Head(filepath.Join(dir, name)) })
}

func (l *Listing) add(e fs.DirEntry, judge *leftout.Folder, dir openDir, now time.Time, aged bool) {
	name := e.Name()
	if place.IsOwn(name) {
		return
	}
	rel := join(l.Rel, name)
	kind := e.Type()
	if v := judge.Judge(name, kind.IsDir()); v.Out() {
		l.Left = append(l.Left, File{Path: rel, State: LeftOut, Reason: v.Reason, Detail: v.Detail, Folder: kind.IsDir()})
		return
	}
	switch {
	case kind.IsDir():
		if place.HasID(filepath.Join(dir.Name(), name)) {
			l.Left = append(l.Left, File{Path: rel, State: LeftOut, Reason: leftout.OtherFolder, Folder: true})
			return
		}
		l.folders = append(l.folders, name)
	case kind&fs.ModeSymlink != 0:
		l.addLink(rel, filepath.Join(dir.Name(), name))
	case !kind.IsRegular():
		l.Left = append(l.Left, File{Path: rel, State: LeftOut, Reason: leftout.Special})
	default:
		if real, service := standin.RealName(name); service != "" {
			l.addAway(real, service)
			return
		}
		f, err := dir.stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return // gone meanwhile
		}
		if err != nil {
			l.Err = err
			return
		}
		if f.away != "" {
			l.addAway(name, f.away)
			return
		}
		l.files = append(l.files, see(name, f, now, aged))
	}
}

// addAway notes a file of which only a placeholder is there.
func (l *Listing) addAway(name, service string) {
	l.Left = append(l.Left, File{Path: join(l.Rel, name), State: Away, Detail: service})
}

// dropAnswered drops placeholders that are left beside the file itself.
func (l *Listing) dropAnswered() {
	if !slices.ContainsFunc(l.Left, func(f File) bool { return f.State == Away }) {
		return
	}
	here := make(map[string]bool, len(l.files))
	for _, s := range l.files {
		here[join(l.Rel, s.name)] = true
	}
	l.Left = slices.DeleteFunc(l.Left, func(f File) bool { return f.State == Away && here[f.Path] })
}

func (l *Listing) addLink(rel, source string) {
	target, err := os.Readlink(source)
	if err != nil {
		l.Err = err
		return
	}
	inside, v := leftout.Symlink(rel, target)
	if v.Out() {
		l.Left = append(l.Left, File{Path: rel, State: LeftOut, Reason: v.Reason, Detail: v.Detail})
		return
	}
	l.Left = append(l.Left, File{Path: rel, State: Linked, Detail: inside})
}

func see(name string, f facts, now time.Time, aged bool) seen {
	s := seen{name: name, id: f.id, executable: f.executable}
	if aged {
		s.rest = max(0, now.Sub(f.touched))
	}
	return s
}

// join is path.Join of clean parts, which costs nothing.
func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}
