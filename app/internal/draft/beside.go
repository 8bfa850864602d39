package draft

import (
	"slices"
	"strings"

	"handover/backend/order"
)

// Symlink is a symbolic link of a draft.
type Symlink struct {
	Path   string `json:"path"`   // as a file's
	Target string `json:"target"` // relative to its folder
	Origin Origin `json:"origin,omitempty"`
}

// LeftOut is a file, or a folder with all in it, that is not part of a draft
// although it lies in a folder that is.
type LeftOut struct {
	Path   string `json:"path"`   // as it would be in the draft
	Source string `json:"source"` // on this computer
	Reason string `json:"reason"` // see package leftout
	Detail string `json:"detail,omitempty"`
	Folder bool   `json:"folder,omitempty"`
	Origin Origin `json:"origin,omitempty"`
}

// Beside is what a draft knows beside its files.
type Beside struct {
	Symlinks []Symlink
	LeftOut  []LeftOut
}

// Of returns the part that came in one way.
func (b Beside) Of(origin Origin) Beside {
	return Beside{
		slices.DeleteFunc(slices.Clone(b.Symlinks), func(l Symlink) bool { return l.Origin != origin }),
		slices.DeleteFunc(slices.Clone(b.LeftOut), func(l LeftOut) bool { return l.Origin != origin }),
	}
}

// Equal reports whether two are the same.
func (b Beside) Equal(other Beside) bool {
	return slices.Equal(b.Symlinks, other.Symlinks) && slices.Equal(b.LeftOut, other.LeftOut)
}

// Beside returns what the draft knows beside its files.
func (d Draft) Beside() Beside { return Beside{d.Symlinks, d.LeftOut} }

// SetBeside replaces what came in one way.
func (d *Draft) SetBeside(origin Origin, b Beside) {
	d.Symlinks = append(slices.DeleteFunc(d.Symlinks, func(l Symlink) bool { return l.Origin == origin }), b.Symlinks...)
	d.LeftOut = append(slices.DeleteFunc(d.LeftOut, func(l LeftOut) bool { return l.Origin == origin }), b.LeftOut...)
}

// DeliveredSymlinks returns the symbolic links that are delivered: those at the top, and
// those of folders of which a file is. They are sorted by path, each path once.
func (d Draft) DeliveredSymlinks() []order.Symlink {
	tops := map[string]bool{}
	for _, f := range d.Files {
		top, _, _ := strings.Cut(f.Path, "/")
		tops[top] = true
	}
	var links []order.Symlink
	for _, l := range d.Symlinks {
		if top, _, below := strings.Cut(l.Path, "/"); !below || tops[top] {
			links = append(links, order.Symlink{Path: l.Path, Target: l.Target})
		}
	}
	slices.SortStableFunc(links, func(a, b order.Symlink) int { return strings.Compare(a.Path, b.Path) })
	return slices.CompactFunc(links, func(a, b order.Symlink) bool { return a.Path == b.Path })
}
