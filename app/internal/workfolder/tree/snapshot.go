package tree

import (
	"path/filepath"
	"slices"
	"strings"

	"handover/app/internal/content"
	"handover/app/internal/leftout"
)

// State is where a file stands.
type State uint8

// A file in a snapshot is in exactly one of these states.
const (
	Settling State = iota + 1 // it changes, is open for writing, or has just gone
	Present                   // at rest
	LeftOut                   // not for the delivery; Reason says why
	Linked                    // a symbolic link to Detail, which is relative and stays inside
	Away                      // a placeholder stands for it; Detail is what has its content, such as iCloud
)

// File is a file of an order, or a folder that is left out with all in it.
type File struct {
	Path     string // within the order's folder, with slashes, as the disk spells it
	State    State
	Reason   leftout.Reason // of LeftOut
	Detail   string         // of LeftOut, see leftout.Verdict; of Linked and Away
	Folder   bool           // of LeftOut
	InUse    bool           // of Settling: another program has it open for writing
	Identity content.Identity
	// Executable says that this system may run the file.
	Executable bool
}

// Snapshot is what an order's folder holds.
type Snapshot struct {
	Order string
	Dir   string // absolute path of the order's folder; "" while it has none
	// Complete is false before the first look and while something cannot be
	// read: a file that is missing then may still be there.
	Complete bool
	Files    []File // by path
}

// Source is where the file lies on this computer.
func (s Snapshot) Source(f File) string { return filepath.Join(s.Dir, filepath.FromSlash(f.Path)) }

func sortFiles(files []File) {
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}
