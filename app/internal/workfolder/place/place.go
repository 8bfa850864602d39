// Package place finds, makes and marks the folders of orders in the work folder.
package place

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"handover/app/internal/leftout"
	"handover/app/internal/workfolder/dirid"
)

const (
	// IDFile is the name of the file that says which order a folder belongs to.
	IDFile = ".handover-order"
	// RootMark tells the work folder from the empty folder that is left where a
	// drive was unplugged.
	RootMark = ".handover-folder"
	// ownTemporary begins the names of files that are being written.
	ownTemporary = ".handover-new-"

	// maxDepth is how deep below the work folder orders' folders are looked for,
	// and maxLooked in how many folders: the seller may choose any folder.
	maxDepth  = 4
	maxLooked = 20_000
)

// Place is a folder that says that it is an order's.
type Place struct {
	Order string
	Path  string
	ID    dirid.ID
	Stamp dirid.ID // the folder that the ID file was written in
}

// Survey is what a look at the work folder found.
type Survey struct {
	Places  []Place
	Between []string // folders that are in no order: the root, and the seller's own
	Unsure  bool     // not everything was looked at
	Err     error    // the root cannot be read
}

// Scan finds the orders' folders. It does not look into those of open
// orders: reading them tells which folders in them are an order's own. watch is
// called for folders before they are read.
func Scan(root string, isOpen func(order string) bool, watch func(path string)) Survey {
	s := surveyor{isOpen: isOpen, watch: watch}
	s.Err = s.look(root, 0, false)
	return s.Survey
}

type surveyor struct {
	Survey
	isOpen func(order string) bool
	watch  func(path string)
	looked int
}

// look looks at a folder and those in it. inside says that it is in an order's.
func (s *surveyor) look(path string, depth int, inside bool) error {
	if s.looked++; s.looked > maxLooked {
		s.Unsure = true
		return nil
	}
	if depth > 0 {
		p, err := Read(path)
		switch {
		case err == nil && s.isOpen(p.Order):
			s.Places = append(s.Places, p)
			return nil
		case err == nil:
			inside = true
		case !errors.Is(err, fs.ErrNotExist):
			s.Unsure = true
		}
	}
	if !inside {
		s.watch(path)
		s.Between = append(s.Between, path)
	}
	entries, err := readFolder(path)
	if err != nil {
		s.Unsure = s.Unsure || !errors.Is(err, fs.ErrNotExist)
		return err
	}
	for _, e := range entries {
		if e.IsDir() && depth < maxDepth && e.Name()[0] != '.' && !leftout.IsSystem(e.Name(), true) {
			s.look(filepath.Join(path, e.Name()), depth+1, inside) //nolint:errcheck // unsure says it
		}
	}
	return nil
}

func readFolder(path string) ([]fs.DirEntry, error) {
	f, err := dirid.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}

// Choose picks the folder of an order among those that claim to be: the one it
// had, even if renamed; then the one that the ID file was written in; a copy by
// a file manager is neither.
func Choose(claims []Place, known Place) (chosen Place, copies []Place) {
	rank := func(p Place) int {
		switch {
		case known.Path != "" && p.ID == known.ID && p.ID != dirid.ID{}:
			return 0
		case known.Path != "" && p.Path == known.Path:
			return 1
		case p.ID == p.Stamp && p.ID != dirid.ID{}:
			return 2
		}
		return 3
	}
	sorted := slices.Clone(claims)
	slices.SortFunc(sorted, func(a, b Place) int {
		if r := rank(a) - rank(b); r != 0 {
			return r
		}
		return strings.Compare(a.Path, b.Path)
	})
	return sorted[0], sorted[1:]
}

const idText = `# Handover knows by this file which order the folder belongs to.
# You may rename or move the folder inside the work folder; leave this file in it.
`

// Read reads the ID file of a folder.
func Read(dir string) (Place, error) {
	p := Place{Path: dir}
	name := filepath.Join(dir, IDFile)
	info, err := os.Lstat(name)
	if err != nil {
		return p, err
	}
	if !info.Mode().IsRegular() || info.Size() > 4096 {
		return p, fmt.Errorf("%s is no ID file", name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return p, err
	}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "order":
			p.Order = value
		case "folder":
			inode, device, _ := strings.Cut(value, "@")
			p.Stamp.Inode, _ = strconv.ParseUint(inode, 10, 64) // 0 matches nothing
			p.Stamp.Device, _ = strconv.ParseUint(device, 10, 64)
		}
	}
	if !ValidID(p.Order) {
		return p, fmt.Errorf("%s names no order", name)
	}
	p.ID, err = dirid.Of(dir)
	p.Stamp.Device = p.ID.Device // volumes get new numbers when they are mounted again
	return p, err
}

// ValidID reports whether a string can be the ID of an order.
func ValidID(id string) bool {
	return id != "" && len(id) <= 200 && strings.TrimSpace(id) == id && !strings.ContainsFunc(id, unicode.IsControl)
}

// Write makes dir the folder of the order, durably and at once.
func Write(dir, order string) error {
	n, err := dirid.Of(dir)
	if err != nil {
		return err
	}
	return WriteOwn(filepath.Join(dir, IDFile), fmt.Sprintf("%sorder %s\nfolder %d\n", idText, order, n.Inode))
}

// WriteOwn writes a file of ours whole or not at all.
func WriteOwn(name, text string) error {
	f, err := os.CreateTemp(filepath.Dir(name), ownTemporary+"*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Make makes the folder of an order that has none, named after its title.
// An empty folder of that name is taken.
func Make(root, order, title string) (Place, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return Place{}, err
	}
	taken := map[string]string{} // folded -> as it is
	for _, e := range entries {
		taken[leftout.Fold(e.Name())] = e.Name()
	}
	for n := 1; n < 10_000; n++ {
		name := FolderName(title, n)
		if there, ok := taken[leftout.Fold(name)]; ok {
			if !isEmpty(filepath.Join(root, there)) {
				continue
			}
			name = there
		}
		dir := filepath.Join(root, name)
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return Place{}, err
		}
		if err := Write(dir, order); err != nil {
			return Place{}, err
		}
		return Read(dir)
	}
	return Place{}, fmt.Errorf("every name for %q is taken", title)
}

// isEmpty reports whether there is nothing in the folder but what systems leave.
func isEmpty(dir string) bool {
	f, err := dirid.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	entries, err := f.ReadDir(100)
	return len(entries) < 100 && (err == nil || len(entries) == 0) && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return !leftout.IsSystem(e.Name(), e.IsDir()) && !strings.HasPrefix(e.Name(), ownTemporary)
	})
}
