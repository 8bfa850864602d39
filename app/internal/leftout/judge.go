package leftout

import (
	"path"
	"slices"
	"strings"

	"handover/app/internal/standin"
)

// Rules decide about one delivery. They are safe for concurrent use.
type Rules struct {
	Above List   // of the work folder
	At    string // path of the delivery's folder in the work folder, with slashes
	Own   List   // of the delivery's folder
	// Named is the path of a folder that the seller attached: its own name is not
	// judged, and Own is relative to it. "" means the top of the delivery.
	Named string
}

// Folder judges the entries of a folder. It is not safe for concurrent use.
type Folder struct {
	rules *Rules
	path  string // in the delivery, with slashes; "" for its top
	list  func() []string
	head  func(name string) []byte
	pack  pack
	names map[string]bool // of all entries, folded; nil until a rule needs them
}

// In returns the folder at a path within the delivery. The folder itself must not be left
// out. names lists its entries, and head reads the beginning of a file in it, nil if that
// fails. Both are called only when a name alone is not enough.
func (r *Rules) In(rel string, names func() []string, head func(name string) []byte) *Folder {
	return &Folder{rules: r, path: rel, list: names, head: head, pack: packOf(rel)}
}

// Judge decides about an entry of the folder. The last matching rule counts: built-in rules
// come first, then those of the work folder, then those of the order. A placeholder is
// judged like the file that it represents.
func (f *Folder) Judge(name string, dir bool) Verdict {
	if !dir {
		name, _ = standin.RealName(name)
	}
	v := f.builtIn(name, dir)
	r := f.rules
	if len(r.Above)+len(r.Own) == 0 {
		return v
	}
	folded, rel := Fold(name), path.Join(f.path, name)
	v = r.Above.decide(v, folded, path.Join(r.At, rel), dir)
	if r.Named != "" {
		rel = strings.TrimPrefix(rel, r.Named+"/")
	}
	return r.Own.decide(v, folded, rel, dir)
}

func (f *Folder) builtIn(as string, dir bool) Verdict {
	name := Fold(as)
	if e := system.find(f, name, dir); e != nil {
		return Verdict{Reason: e.reason}
	}
	if v := f.secret(name, as, dir); v.Out() {
		return v
	}
	if f.pack == code {
		return Verdict{} // the whole folder belongs to the program
	}
	if e := working.find(f, name, dir); e != nil {
		return Verdict{e.reason, e.of}
	}
	switch {
	case f.pack == document:
	case dir && unfinishedFolders[name], !dir && f.inSamples() && !sounds[path.Ext(name)]:
		return Verdict{Reason: Unfinished}
	case name[0] == '.' && !wantedHidden.has(name):
		return Verdict{Reason: Hidden}
	}
	return Verdict{}
}

// inSamples reports whether the folder is, or is inside, a folder for samples at the top of
// the delivery. Deeper ones are part of the work, for example of a sound library.
func (f *Folder) inSamples() bool {
	top, _, _ := strings.Cut(f.path, "/")
	return f.rules.Named == "" && top != "" && sampleFolders[Fold(top)]
}

// has reports whether the folder has an entry of this folded name.
func (f *Folder) has(name string) bool {
	if f.names == nil {
		f.names = map[string]bool{}
		for _, n := range f.list() {
			f.names[Fold(n)] = true
		}
	}
	return f.names[name]
}

// hasExt reports whether an entry of the folder has any of these extensions.
func (f *Folder) hasExt(exts ...string) bool {
	f.has("")
	for name := range f.names {
		if slices.Contains(exts, path.Ext(name)) {
			return true
		}
	}
	return false
}

// pack is the kind of a folder that macOS shows as a single file. The pages show it as one,
// too: frontend/src/lib/order/packages.ts.
type pack int

const (
	none     pack = iota
	code          // an application or a part of an application: it breaks if a file is missing
	document      // a project or a document
)

var packs = func() map[string]pack {
	packs := map[string]pack{}
	for _, ext := range strings.Fields(".app .framework .bundle .plugin .component .vst .vst3 .clap .aaxplugin .kext .appex .xpc .prefpane .saver " +
		".qlgenerator .mdimporter .service .dsym .xcarchive .xcframework .workflow .wdgt") {
		packs[ext] = code
	}
	for _, ext := range strings.Fields(".fcpbundle .imovielibrary .tvlibrary .theater .logicx .band .garageband .pages .numbers .key .rtfd .scriv " +
		".graffle .oo3 .photoslibrary .aplibrary .dvdproj .cocatalog .playground .sparsebundle .mpkg .pkg") {
		packs[ext] = document
	}
	return packs
}()

// packOf returns the kind of the outermost package that contains a path.
func packOf(rel string) pack {
	for part := range strings.SplitSeq(rel, "/") {
		if p := packs[path.Ext(Fold(part))]; p != none {
			return p
		}
	}
	return none
}
