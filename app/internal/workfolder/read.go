package workfolder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"handover/app/internal/content"
	"handover/app/internal/leftout"
	"handover/app/internal/standin"
)

// task is a folder of an order to be read.
type task struct {
	order *orderFolder
	rel   string // within the order's folder; "" for itself
	deep  bool   // also folders below that are known
}

// listing is what a folder held when it was read.
type listing struct {
	task
	node    node
	err     error
	files   []seen
	folders []string
	left    []File // with symbolic links that are not left out
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

// reader reads folders. Orders are not changed while it does.
type reader struct {
	watch func(path string, n node) // nil when nothing is watched
	aged  bool                      // times of the disk can be trusted
	fault func(path string) error   // of tests; nil for none
}

// workers is how many folders are read at once: reading them waits for the
// system, and for the disk when it was not read lately.
func workers() int { return max(2, min(8, runtime.GOMAXPROCS(0))) }

// read reads the folders, and those below that are new or asked for.
func (r *reader) read(tasks []task) []listing {
	var all []listing
	for len(tasks) > 0 {
		level := make([]listing, len(tasks))
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
		var below []task
		for _, l := range level {
			for _, name := range l.folders {
				rel := join(l.rel, name)
				if _, known := l.order.folders[rel]; l.deep || !known {
					below = append(below, task{l.order, rel, true})
				}
			}
		}
		all, tasks = append(all, level...), below
	}
	return all
}

func (r *reader) readOne(t task) listing {
	l := listing{task: t}
	dir := t.order.abs(t.rel)
	if l.node, l.err = folderNode(dir); l.err != nil {
		return l
	}
	if r.watch != nil {
		r.watch(dir, l.node) // before it is read, so that nothing falls between
	}
	f, err := r.open(dir)
	if err != nil {
		l.err = err
		return l
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	l.err = err
	now, open := time.Now(), openDir{f, content.VolumeOf(f)}
	judge := l.judge(dir, entries)
	for _, e := range entries {
		l.add(e, judge, open, now, r.aged)
	}
	l.dropAnswered()
	return l
}

func (r *reader) open(dir string) (*os.File, error) {
	if r.fault != nil {
		if err := r.fault(dir); err != nil {
			return nil, err
		}
	}
	return openFolder(dir)
}

// judge decides on the entries of the folder.
func (l *listing) judge(dir string, entries []fs.DirEntry) *leftout.Folder {
	names := func() []string {
		list := make([]string, len(entries))
		for i, e := range entries {
			list[i] = e.Name()
		}
		return list
	}
	return l.order.rules.In(l.rel, names, func(name string) []byte { return leftout.Head(filepath.Join(dir, name)) })
}

func (l *listing) add(e fs.DirEntry, judge *leftout.Folder, dir openDir, now time.Time, aged bool) {
	name := e.Name()
	if IsOwn(name) {
		return
	}
	rel := join(l.rel, name)
	kind := e.Type()
	if v := judge.Judge(name, kind.IsDir()); v.Out() {
		l.left = append(l.left, File{Path: rel, State: LeftOut, Reason: v.Reason, Detail: v.Detail, Folder: kind.IsDir()})
		return
	}
	switch {
	case kind.IsDir():
		if isOtherFolder(filepath.Join(dir.Name(), name)) {
			l.left = append(l.left, File{Path: rel, State: LeftOut, Reason: leftout.OtherFolder, Folder: true})
			return
		}
		l.folders = append(l.folders, name)
	case kind&fs.ModeSymlink != 0:
		l.addLink(rel, filepath.Join(dir.Name(), name))
	case !kind.IsRegular():
		l.left = append(l.left, File{Path: rel, State: LeftOut, Reason: leftout.Special})
	default:
		if real, service := standin.RealName(name); service != "" {
			l.addAway(real, service)
			return
		}
		f, err := dir.look(name)
		if errors.Is(err, fs.ErrNotExist) {
			return // gone meanwhile
		}
		if err != nil {
			l.err = err
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
func (l *listing) addAway(name, service string) {
	l.left = append(l.left, File{Path: join(l.rel, name), State: Away, Detail: service})
}

// dropAnswered drops placeholders that are left beside the file itself.
func (l *listing) dropAnswered() {
	if !slices.ContainsFunc(l.left, func(f File) bool { return f.State == Away }) {
		return
	}
	here := make(map[string]bool, len(l.files))
	for _, s := range l.files {
		here[join(l.rel, s.name)] = true
	}
	l.left = slices.DeleteFunc(l.left, func(f File) bool { return f.State == Away && here[f.Path] })
}

func (l *listing) addLink(rel, source string) {
	target, err := os.Readlink(source)
	if err != nil {
		l.err = err
		return
	}
	inside, v := leftout.Symlink(rel, target)
	if v.Out() {
		l.left = append(l.left, File{Path: rel, State: LeftOut, Reason: v.Reason, Detail: v.Detail})
		return
	}
	l.left = append(l.left, File{Path: rel, State: Linked, Detail: inside})
}

func see(name string, f facts, now time.Time, aged bool) seen {
	s := seen{name: name, id: f.id, executable: f.executable}
	if aged {
		s.rest = max(0, now.Sub(f.touched))
	}
	return s
}

// isOtherFolder reports whether a folder within an order's is an order's own.
func isOtherFolder(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, IDFile))
	return err == nil
}

// join is path.Join of clean parts, which costs nothing.
func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// IsOwn names the files by which Handover knows a folder; they are part of no
// order and not reported.
func IsOwn(name string) bool {
	return name == IDFile || name == leftout.IgnoreFile || name == rootMark || strings.HasPrefix(name, ownTemporary)
}
