// Package tree tracks the files of one order: which are at rest, which are still
// changing, and which are left out.
package tree

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"time"

	"handover/app/internal/leftout"
)

// folder is the order's folder or a subfolder.
type folder struct {
	files   map[string]*entry
	folders map[string]bool
	leftOut []File
	fault   error // why it could not be read; its files keep their state
}

// Tree is the state of the files in an open order's folder. It is not safe for
// concurrent use.
type Tree struct {
	Order string         // its ID
	Dir   string         // absolute path of the order's folder; "" if it has none yet
	Rules *leftout.Rules // never nil

	folders map[string]*folder // by path within Dir
	settles map[string]*entry  // files in state Settling, by path
	scanned bool               // the order's folder was read at least once
	mark    uint64
}

// New returns the tree of an order whose folder has not been read.
func New(order string) *Tree {
	return &Tree{Order: order, Rules: &leftout.Rules{}, folders: map[string]*folder{}, settles: map[string]*entry{}}
}

// Abs returns the absolute path of a file or folder of the order.
func (t *Tree) Abs(rel string) string { return filepath.Join(t.Dir, filepath.FromSlash(rel)) }

// HasFolder reports whether a subfolder is known; "" means the order's folder.
func (t *Tree) HasFolder(rel string) bool { return t.folders[rel] != nil }

// Faults returns the errors of folders that could not be read, by path.
func (t *Tree) Faults() map[string]error {
	faults := map[string]error{}
	for rel, d := range t.folders {
		if d.fault != nil {
			faults[rel] = d.fault
		}
	}
	return faults
}

// OtherFolders returns the absolute paths of subfolders that belong to other orders.
func (t *Tree) OtherFolders() []string {
	var paths []string
	for _, d := range t.folders {
		for _, f := range d.leftOut {
			if f.Reason == leftout.OtherFolder {
				paths = append(paths, t.Abs(f.Path))
			}
		}
	}
	return paths
}

// Merge applies a listing and reports whether the snapshot has changed.
func (t *Tree) Merge(l Listing, now, quiet time.Duration) bool {
	change := t.merge(l, now, quiet)
	if l.Err != nil || t.scanned {
		return change
	}
	t.scanned = true
	return true
}

func (t *Tree) merge(l Listing, now, quiet time.Duration) bool {
	d := t.folders[l.Rel]
	switch {
	case errors.Is(l.Err, fs.ErrNotExist) && l.Rel != "":
		return t.Remove(l.Rel, now, quiet)
	case d == nil:
		d = &folder{files: make(map[string]*entry, len(l.files))}
		t.folders[l.Rel] = d
	}
	change := (l.Err == nil) != (d.fault == nil)
	if d.fault = l.Err; l.Err != nil {
		return change // a read error deletes nothing
	}
	change = t.mergeFiles(d, l, now, quiet) || change
	below := make(map[string]bool, len(l.folders))
	for _, name := range l.folders {
		below[name] = true
	}
	for name := range d.folders {
		if !below[name] {
			change = t.Remove(join(l.Rel, name), now, quiet) || change
		}
	}
	d.folders = below
	change = change || !sameFiles(d.leftOut, l.Left)
	d.leftOut = l.Left
	return change
}

// mergeFiles compares the known files of a folder with a listing.
func (t *Tree) mergeFiles(d *folder, l Listing, now, quiet time.Duration) (change bool) {
	t.mark++
	var fresh []entry // allocated in blocks: a folder may have many files
	for i, s := range l.files {
		e := d.files[s.name]
		if e == nil {
			if len(fresh) == 0 {
				fresh = make([]entry, min(len(l.files)-i, 128))
			}
			e, fresh = &fresh[0], fresh[1:]
			d.files[s.name] = e
		}
		change = t.see(e, l.Rel, s, now, quiet) || change
	}
	for name, e := range d.files {
		if e.mark != t.mark && e.vanished(now, quiet) {
			change = true
			t.settles[join(l.Rel, name)] = e
		}
	}
	for _, f := range l.Left {
		if _, name := Split(f.Path); d.files[name] != nil { // a rule changed, or the file was replaced by a folder
			change = true
			delete(d.files, name)
			delete(t.settles, f.Path)
		}
	}
	return change
}

func (t *Tree) see(e *entry, rel string, s seen, now, quiet time.Duration) bool {
	e.mark = t.mark
	change := e.observed(s, now, quiet)
	if e.state == Settling {
		t.settles[join(rel, s.name)] = e
	}
	return change
}

// Remove records that a folder with all its content is missing.
func (t *Tree) Remove(rel string, now, quiet time.Duration) bool {
	change := false
	for p, d := range t.folders {
		if p != rel && rel != "" && !strings.HasPrefix(p, rel+"/") {
			continue
		}
		change = change || len(d.leftOut) > 0 || d.fault != nil
		d.leftOut, d.folders, d.fault = nil, nil, nil
		for name, e := range d.files {
			if e.vanished(now, quiet) {
				change = true
				t.settles[join(p, name)] = e
			}
		}
		if len(d.files) == 0 && p != "" {
			delete(t.folders, p)
		}
	}
	return change
}

// forget drops the entry of a removed file.
func (t *Tree) forget(rel string) {
	delete(t.settles, rel)
	dir, name := Split(rel)
	d := t.folders[dir]
	delete(d.files, name)
	if len(d.files) == 0 && dir != "" && !t.isThere(dir) {
		delete(t.folders, dir)
	}
}

// isThere reports whether the last listing of the parent contained the folder.
func (t *Tree) isThere(rel string) bool {
	above, name := Split(rel)
	d := t.folders[above]
	return d != nil && d.folders[name]
}

// Snapshot returns the current state of all files.
func (t *Tree) Snapshot() Snapshot {
	size := 0
	for _, d := range t.folders {
		size += len(d.leftOut) + len(d.files)
	}
	s := Snapshot{Order: t.Order, Dir: t.Dir, Complete: t.scanned, Files: make([]File, 0, size)}
	for rel, d := range t.folders {
		s.Complete = s.Complete && d.fault == nil
		s.Files = append(s.Files, d.leftOut...)
		for name, e := range d.files {
			s.Files = append(s.Files, File{Path: join(rel, name), State: e.state, Identity: e.id, InUse: e.inUse, Executable: e.executable})
		}
	}
	sortFiles(s.Files)
	return s
}

// Split splits the path of a file into its folder and its name.
func Split(rel string) (dir, name string) {
	dir, name = path.Split(rel)
	return strings.TrimSuffix(dir, "/"), name
}

func sameFiles(a, b []File) bool {
	if len(a) != len(b) {
		return false
	}
	known := make(map[File]bool, len(a))
	for _, f := range a {
		known[f] = true
	}
	for _, f := range b {
		if !known[f] {
			return false
		}
	}
	return true
}
