package leftout

import (
	"path"
	"strings"
)

// entry is a group of patterns that are left out for one reason.
type entry struct {
	reason Reason
	of     string // the program, for Working
	// files and folders are patterns of names, separated by spaces; "?" means a
	// space in a name.
	files, folders string
	// when is a further condition; nil for none.
	when proof
}

// proof reports whether other entries of the folder confirm what the name suggests.
type proof func(f *Folder, name string) bool

// table finds the entries of a name quickly, because every file of a large folder is looked
// up.
type table struct {
	entries []entry
	exact   [2]map[string][]int // by name; for files and folders
	ends    [2]map[string][]int // by extension, with the dot
	starts  [2]map[byte][]pattern
	others  [2][]pattern
}

// pattern is a pattern that no map can find.
type pattern struct {
	match func(name string) bool
	nth   int
}

func newTable(entries []entry) *table {
	t := &table{entries: entries}
	for kind := range 2 {
		t.exact[kind], t.ends[kind], t.starts[kind] = map[string][]int{}, map[string][]int{}, map[byte][]pattern{}
	}
	for nth, e := range entries {
		for kind, patterns := range [2]string{e.files, e.folders} {
			for _, p := range patternsOf(patterns) {
				t.add(kind, p, nth)
			}
		}
	}
	return t
}

// patternsOf splits an entry's patterns.
func patternsOf(list string) []string {
	patterns := strings.Fields(list)
	for i, p := range patterns {
		patterns[i] = Fold(strings.ReplaceAll(p, "?", " "))
	}
	return patterns
}

func (t *table) add(kind int, p string, nth int) {
	end, isEnd := strings.CutPrefix(p, "*.")
	switch {
	case !strings.ContainsAny(p, `*[\`):
		t.exact[kind][p] = append(t.exact[kind][p], nth)
	case isEnd && !strings.ContainsAny(end, `*[\`):
		t.ends[kind]["."+end] = append(t.ends[kind]["."+end], nth)
	case p[0] != '*' && p[0] != '[':
		t.starts[kind][p[0]] = append(t.starts[kind][p[0]], pattern{matcher(p), nth})
	default:
		t.others[kind] = append(t.others[kind], pattern{matcher(p), nth})
	}
}

// find returns the entry that leaves out a folded name; nil if none does.
func (t *table) find(f *Folder, name string, dir bool) *entry {
	kind := 0
	if dir {
		kind = 1
	}
	if e := t.first(f, name, t.exact[kind][name]); e != nil {
		return e
	}
	if e := t.try(f, name, t.starts[kind][name[0]]); e != nil {
		return e
	}
	for i := range len(name) {
		if name[i] == '.' {
			if e := t.first(f, name, t.ends[kind][name[i:]]); e != nil {
				return e
			}
		}
	}
	return t.try(f, name, t.others[kind])
}

func (t *table) try(f *Folder, name string, patterns []pattern) *entry {
	for _, p := range patterns {
		if e := &t.entries[p.nth]; p.match(name) && (e.when == nil || e.when(f, name)) {
			return e
		}
	}
	return nil
}

func (t *table) first(f *Folder, name string, nths []int) *entry {
	for _, nth := range nths {
		if e := &t.entries[nth]; e.when == nil || e.when(f, name) {
			return e
		}
	}
	return nil
}

// matcher returns a function equal to matchName, but faster for common patterns.
func matcher(glob string) func(name string) bool {
	inner := strings.Trim(glob, "*")
	if !strings.ContainsAny(inner, `*[\?`) {
		switch glob {
		case inner:
			return func(name string) bool { return name == inner }
		case inner + "*":
			return func(name string) bool { return strings.HasPrefix(name, inner) }
		case "*" + inner:
			return func(name string) bool { return strings.HasSuffix(name, inner) }
		case "*" + inner + "*":
			return func(name string) bool { return strings.Contains(name, inner) }
		}
	}
	return func(name string) bool { return matchName(glob, name) }
}

// Proofs. Their names are folded.

// besideExt: the folder has files with any of the program's extensions.
func besideExt(exts string) proof {
	list := strings.Fields(exts)
	return func(f *Folder, _ string) bool { return f.hasExt(list...) }
}

// besideName: the folder has an entry with any of these names.
func besideName(names string) proof {
	list := strings.Fields(names)
	return func(f *Folder, _ string) bool {
		for _, n := range list {
			if f.has(n) {
				return true
			}
		}
		return false
	}
}

// besideStem: the folder has the file that this one belongs to: "film.bak" belongs to
// "film.dwg", and so does "film.dwg.bak".
func besideStem(exts string) proof {
	list := strings.Fields(exts)
	return func(f *Folder, name string) bool {
		stem := strings.TrimSuffix(name, path.Ext(name))
		for _, ext := range list {
			if f.has(stem+ext) || strings.HasSuffix(stem, ext) {
				return true
			}
		}
		return false
	}
}

// besideWhole: "weights.part" is a download only if the folder has "weights".
// "film.mov.part" always is a download, because it has two extensions.
func besideWhole(f *Folder, name string) bool {
	stem := strings.TrimSuffix(name, path.Ext(name))
	return path.Ext(stem) != "" || f.has(stem)
}

// besideSelf: "plan.pdf.bak" is a backup only if the folder has "plan.pdf", and
// "film.wav.pk" a waveform only if the folder has "film.wav".
func besideSelf(f *Folder, name string) bool {
	return f.has(strings.TrimSuffix(name, path.Ext(name)))
}

// within: the folder itself has any of these names or extensions.
func within(names string) proof {
	list := newNames(names)
	return func(f *Folder, _ string) bool {
		for part := range strings.SplitSeq(Fold(f.path), "/") {
			if list.has(part) {
				return true
			}
		}
		return false
	}
}
