package draft

import (
	"slices"
	"strings"

	"handover/backend/order"
)

// Symlink is a symbolic link of a draft.
type Symlink struct {
	Path   string `json:"path"`   // like the path of a file
	Target string `json:"target"` // relative to the link's folder
	Origin Origin `json:"origin,omitempty"`
}

// LeftOut is a file, or a folder with its content, that a rule excludes from a draft.
type LeftOut struct {
	Path   string `json:"path"`   // the path that it would have in the draft
	Source string `json:"source"` // on this computer
	Reason string `json:"reason"` // see package leftout
	Detail string `json:"detail,omitempty"`
	Folder bool   `json:"folder,omitempty"`
	Origin Origin `json:"origin,omitempty"`
}

// Beside is the part of a draft that is not files: symbolic links and left-out
// entries.
type Beside struct {
	Symlinks []Symlink
	LeftOut  []LeftOut
}

// Of returns the entries of one origin.
func (b Beside) Of(origin Origin) Beside {
	return Beside{
		slices.DeleteFunc(slices.Clone(b.Symlinks), func(l Symlink) bool { return l.Origin != origin }),
		slices.DeleteFunc(slices.Clone(b.LeftOut), func(l LeftOut) bool { return l.Origin != origin }),
	}
}

// Equal reports whether b and other are equal.
func (b Beside) Equal(other Beside) bool {
	return slices.Equal(b.Symlinks, other.Symlinks) && slices.Equal(b.LeftOut, other.LeftOut)
}

// Beside returns the draft's symbolic links and left-out entries.
func (d Draft) Beside() Beside { return Beside{d.Symlinks, d.LeftOut} }

// SetBeside replaces the entries of one origin.
func (d *Draft) SetBeside(origin Origin, b Beside) {
	d.Symlinks = append(slices.DeleteFunc(d.Symlinks, func(l Symlink) bool { return l.Origin == origin }), b.Symlinks...)
	d.LeftOut = append(slices.DeleteFunc(d.LeftOut, func(l LeftOut) bool { return l.Origin == origin }), b.LeftOut...)
}

// DeliveredSymlinks returns the symbolic links of the delivery, sorted by path and
// without duplicates: links at the top level, and links in folders that contain a
// file of the delivery.
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
