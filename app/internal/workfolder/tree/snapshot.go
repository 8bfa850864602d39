package tree

import (
	"path/filepath"
	"slices"
	"strings"

	"handover/app/internal/content"
	"handover/app/internal/leftout"
)

// State is the state of a file.
type State uint8

// The states of a file.
const (
	Settling State = iota + 1 // changing, open for writing, or just removed
	Present                   // at rest
	LeftOut                   // not part of the delivery; see Reason
	Linked                    // a symbolic link to Detail, a relative path inside the order's folder
	Away                      // only a placeholder is here; Detail names the service that has the content, such as iCloud
)

// File is a file of an order, or a folder that is left out with all its content.
type File struct {
	Path     string // within the order's folder, with slashes, as the disk spells it
	State    State
	Reason   leftout.Reason // of LeftOut
	Detail   string         // of LeftOut, see leftout.Verdict; of Linked and Away
	Folder   bool           // of LeftOut
	InUse    bool           // of Settling: another program has it open for writing
	Identity content.Identity
	// Executable is set when this system may run the file.
	Executable bool
}

// Snapshot is the content of an order's folder.
type Snapshot struct {
	Order string
	Dir   string // absolute path of the order's folder; "" if it has none yet
	// Complete is false before the first scan and while a part cannot be read;
	// then a file that is not listed may still exist.
	Complete bool
	Files    []File // sorted by path
}

// Source returns the file's path on this computer.
func (s Snapshot) Source(f File) string { return filepath.Join(s.Dir, filepath.FromSlash(f.Path)) }

func sortFiles(files []File) {
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}
