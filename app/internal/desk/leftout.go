package desk

import (
	"io/fs"
	"path/filepath"
	"strings"

	"handover/app/internal/draft"
	"handover/app/internal/foldersync"
	"handover/app/internal/leftout"
)

// LeftOut is a file or folder inside a folder of the draft that is not delivered.
type LeftOut struct{ draft.LeftOut }

// Count returns how many files are in a folder that is left out, as far as it
// can be read and at most maxCounted; 0 for a file.
func (l LeftOut) Count() (n int) {
	if !l.Folder {
		return 0
	}
	filepath.WalkDir(l.Source, func(_ string, e fs.DirEntry, err error) error { //nolint:errcheck // what cannot be read is not counted
		if err == nil && !e.IsDir() {
			n++
		}
		if n >= maxCounted {
			return filepath.SkipAll
		}
		return nil
	})
	return n
}

// Words says in English why, such as "a working file of npm".
func (l LeftOut) Words() string {
	return leftout.Verdict{Reason: leftout.Reason(l.Reason), Detail: l.Detail}.Words()
}

// maxCounted bounds how many files are counted.
const maxCounted = 100_000

// LeftOut returns, by path, the files and folders that are not delivered although they
// are inside an attached folder or the order's folder. It omits system files.
func (d *Desk) LeftOut(id string) ([]LeftOut, error) {
	dr, err := d.drafts.Draft(id)
	if err != nil {
		return nil, err
	}
	list := []LeftOut{}
	for _, l := range d.knownLeftOut(dr) {
		if !takenAfterAll(dr, l) {
			list = append(list, LeftOut{l})
		}
	}
	return list, nil
}

// knownLeftOut is what the draft remembers, and the work folder says now.
func (d *Desk) knownLeftOut(dr draft.Draft) []draft.LeftOut {
	snapshot, watched := d.Folder.Snapshot(dr.Order)
	if !watched || !snapshot.Complete {
		return dr.LeftOut
	}
	return append(dr.Beside().Of(draft.ByHand).LeftOut, foldersync.LeftOutOf(snapshot)...)
}

// takenAfterAll reports whether the seller named it since.
func takenAfterAll(dr draft.Draft, l draft.LeftOut) bool {
	for _, f := range dr.Files {
		if f.Source == l.Source || l.Folder && strings.HasPrefix(f.Source, l.Source+string(filepath.Separator)) {
			return true
		}
	}
	return false
}
