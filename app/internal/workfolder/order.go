package workfolder

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"time"

	"handover/app/internal/leftout"
)

// folder is a folder within an order's folder, or that folder itself.
type folder struct {
	files   map[string]*entry
	folders map[string]bool
	left    []File
	fault   error // it could not be read; what is known is from before
}

// orderFolder is what is known of an open order's folder.
type orderFolder struct {
	order   Order
	place   place
	rules   *leftout.Rules
	badRule error
	folders map[string]*folder // by path within it
	settles map[string]*entry  // those that are Settling, by path
	looked  bool               // it was read once
	gone    time.Duration      // since when no folder claims the order; 0 for never
	copies  []place
	failed  error // its folder could not be made
	stamped bool  // its folder was marked anew
	unsure  bool  // the work folder is not there
	mark    uint64
}

func newOrderFolder(o Order) *orderFolder {
	return &orderFolder{order: o, rules: &leftout.Rules{}, folders: map[string]*folder{}, settles: map[string]*entry{}}
}

func (o *orderFolder) abs(rel string) string {
	return filepath.Join(o.place.path, filepath.FromSlash(rel))
}

// merge takes in what a folder held and reports whether the snapshot changes.
func (o *orderFolder) merge(l listing, now, quiet time.Duration) bool {
	d := o.folders[l.rel]
	switch {
	case errors.Is(l.err, fs.ErrNotExist) && l.rel != "":
		return o.removeFolder(l.rel, now, quiet)
	case d == nil:
		d = &folder{files: make(map[string]*entry, len(l.files))}
		o.folders[l.rel] = d
	}
	change := (l.err == nil) != (d.fault == nil)
	if d.fault = l.err; l.err != nil {
		return change // what was known stays: a fault is no deletion
	}
	change = o.mergeFiles(d, l, now, quiet) || change
	below := make(map[string]bool, len(l.folders))
	for _, name := range l.folders {
		below[name] = true
	}
	for name := range d.folders {
		if !below[name] {
			change = o.removeFolder(join(l.rel, name), now, quiet) || change
		}
	}
	d.folders = below
	change = change || !sameFiles(d.left, l.left)
	d.left = l.left
	return change
}

// mergeFiles compares the files of a folder with those that were seen.
func (o *orderFolder) mergeFiles(d *folder, l listing, now, quiet time.Duration) (change bool) {
	o.mark++
	var fresh []entry // made at once: there may be many
	for i, s := range l.files {
		e := d.files[s.name]
		if e == nil {
			if len(fresh) == 0 {
				fresh = make([]entry, min(len(l.files)-i, 128))
			}
			e, fresh = &fresh[0], fresh[1:]
			d.files[s.name] = e
		}
		change = o.see(e, l.rel, s, now, quiet) || change
	}
	for name, e := range d.files {
		if e.mark != o.mark && e.vanished(now, quiet) {
			change = true
			o.settles[join(l.rel, name)] = e
		}
	}
	for _, f := range l.left {
		if _, name := split(f.Path); d.files[name] != nil { // a new rule, or no file any more
			change = true
			delete(d.files, name)
			delete(o.settles, f.Path)
		}
	}
	return change
}

func (o *orderFolder) see(e *entry, rel string, s seen, now, quiet time.Duration) bool {
	e.mark = o.mark
	change := e.observed(s, now, quiet)
	if e.state == Settling {
		o.settles[join(rel, s.name)] = e
	}
	return change
}

// removeFolder notes that a folder and all below it is not there any more.
func (o *orderFolder) removeFolder(rel string, now, quiet time.Duration) bool {
	change := false
	for p, d := range o.folders {
		if p != rel && rel != "" && !strings.HasPrefix(p, rel+"/") {
			continue
		}
		change = change || len(d.left) > 0 || d.fault != nil
		d.left, d.folders, d.fault = nil, nil, nil
		for name, e := range d.files {
			if e.vanished(now, quiet) {
				change = true
				o.settles[join(p, name)] = e
			}
		}
		if len(d.files) == 0 && p != "" {
			delete(o.folders, p)
		}
	}
	return change
}

// forget drops an entry whose file has been gone for long enough.
func (o *orderFolder) forget(rel string) {
	delete(o.settles, rel)
	dir, name := split(rel)
	d := o.folders[dir]
	delete(d.files, name)
	if len(d.files) == 0 && dir != "" && !o.isThere(dir) {
		delete(o.folders, dir)
	}
}

// isThere reports whether the folder was seen by the latest reading of the one above it.
func (o *orderFolder) isThere(rel string) bool {
	above, name := split(rel)
	d := o.folders[above]
	return d != nil && d.folders[name]
}

// snapshot is what is known, for others.
func (o *orderFolder) snapshot() Snapshot {
	size := 0
	for _, d := range o.folders {
		size += len(d.left) + len(d.files)
	}
	s := Snapshot{Order: o.order.ID, Dir: o.place.path, Complete: o.looked && o.gone == 0 && !o.unsure, Files: make([]File, 0, size)}
	for rel, d := range o.folders {
		s.Complete = s.Complete && d.fault == nil
		s.Files = append(s.Files, d.left...)
		for name, e := range d.files {
			s.Files = append(s.Files, File{Path: join(rel, name), State: e.state, Identity: e.id, InUse: e.inUse, Executable: e.executable})
		}
	}
	sortFiles(s.Files)
	return s
}

func split(rel string) (dir, name string) {
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
