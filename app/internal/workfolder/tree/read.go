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

// Task is a folder of an order to read.
type Task struct {
	Tree *Tree
	Rel  string // within the order's folder; "" for the folder itself
	Deep bool   // also read its known subfolders
}

// Listing is the content of a folder.
type Listing struct {
	Task
	Err     error
	files   []seen
	folders []string
	Left    []File // left-out files and folders, placeholders, and symbolic links
}

// seen is an observation of a file.
type seen struct {
	name string
	id   content.Identity
	rest time.Duration // time since the last change; 0 if unknown

	executable bool
}

// facts are the attributes of a file.
type facts struct {
	id      content.Identity
	regular bool
	touched time.Time // last change, as far as the system reports it

	executable bool
	away       string // the service that has the content; "" if the content is here
}

// openDir is a folder that is open for reading.
type openDir struct {
	*os.File
	volume content.Volume
}

// Reader reads folders. Trees must not change during Read.
type Reader struct {
	Watch func(path string, id dirid.ID) // nil if nothing is watched
	Aged  bool                           // the disk's times can be trusted
	Fault func(path string) error        // set by tests
}

// workers returns how many folders to read in parallel. Reading mostly waits for
// the system and the disk.
func workers() int { return max(2, min(8, runtime.GOMAXPROCS(0))) }

// Read reads the folders, and those of their subfolders that are new or wanted.
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
		r.Watch(dir, id) // before reading, so that no change is missed
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
	l.dropPlaceholders()
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

// judge applies the rules of package leftout to the folder's entries.
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
			l.addPlaceholder(real, service)
			return
		}
		f, err := dir.stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return // removed since the folder was read
		}
		if err != nil {
			l.Err = err
			return
		}
		if f.away != "" {
			l.addPlaceholder(name, f.away)
			return
		}
		l.files = append(l.files, see(name, f, now, aged))
	}
}

// addPlaceholder adds a file whose content is not on this computer.
func (l *Listing) addPlaceholder(name, service string) {
	l.Left = append(l.Left, File{Path: join(l.Rel, name), State: Away, Detail: service})
}

// dropPlaceholders drops placeholders next to the real file.
func (l *Listing) dropPlaceholders() {
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

// join is path.Join for clean parts, without its cost.
func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}
