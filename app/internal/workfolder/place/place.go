// Package place finds, creates and marks the folders of orders in the work folder.
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
	"handover/internal/atomicfile"
)

const (
	// IDFile is the name of the file that assigns a folder to an order.
	IDFile = ".handover-order"
	// RootMark is the name of the file that marks the work folder. An empty mount
	// point of an unplugged drive does not have it.
	RootMark = ".handover-folder"
	// ownTemporary is the prefix of temporary files that earlier versions wrote.
	ownTemporary = ".handover-new-"

	// maxDepth and maxScanned limit the search for orders' folders, because the
	// seller may choose any folder, such as a whole drive.
	maxDepth   = 4
	maxScanned = 20_000
)

// Place is a folder with an ID file.
type Place struct {
	Order string
	Path  string
	ID    dirid.ID
	Stamp dirid.ID // the folder that the ID file was written in
}

// Survey is the result of scanning the work folder.
type Survey struct {
	Places  []Place
	Between []string // folders that belong to no order: the root, and the seller's own
	Unsure  bool     // some folders were not scanned
	Err     error    // the root cannot be read
}

// Scan finds the orders' folders. It does not scan the folders of open orders:
// reading those finds orders' folders inside them. Scan calls watch for each
// folder before it reads the folder.
func Scan(root string, isOpen func(order string) bool, watch func(path string)) Survey {
	s := scanner{isOpen: isOpen, watch: watch}
	s.Err = s.scan(root, 0, false)
	return s.Survey
}

type scanner struct {
	Survey
	isOpen  func(order string) bool
	watch   func(path string)
	scanned int
}

// scan scans a folder and its subfolders. inside is set within an order's folder.
func (s *scanner) scan(path string, depth int, inside bool) error {
	if s.scanned++; s.scanned > maxScanned {
		s.Unsure = true
		return nil
	}
	if depth > 0 {
		p, err := Read(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			s.Unsure = true
		case s.isOpen(p.Order):
			s.Places = append(s.Places, p)
			return nil
		default:
			inside = true
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
			s.scan(filepath.Join(path, e.Name()), depth+1, inside) //nolint:errcheck // recorded in Unsure
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

// Choose picks the folder of an order among those with its ID file: first the
// known folder, even if it was renamed, then the folder that the ID file was
// written in. A copy made by a file manager is neither.
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
	p.Stamp.Device = p.ID.Device // a volume may get another number when it is mounted again
	return p, err
}

// ValidID reports whether a string can be the ID of an order.
func ValidID(id string) bool {
	return id != "" && len(id) <= 200 && strings.TrimSpace(id) == id && !strings.ContainsFunc(id, unicode.IsControl)
}

// Write makes dir the folder of the order. The ID file is written atomically and
// durably.
func Write(dir, order string) error {
	n, err := dirid.Of(dir)
	if err != nil {
		return err
	}
	return WriteOwn(filepath.Join(dir, IDFile), fmt.Sprintf("%sorder %s\nfolder %d\n", idText, order, n.Inode))
}

// WriteOwn writes a file of Handover's own atomically and durably.
func WriteOwn(name, text string) error {
	return atomicfile.ReplaceReadable(name, atomicfile.Text(text))
}

// Make creates a folder for an order and names it after the title. An existing
// empty folder of that name is used.
func Make(root, order, title string) (Place, error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return Place{}, err
	}
	taken := map[string]string{} // folded name -> name on disk
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

// isEmpty reports whether the folder has no files other than those that operating
// systems create.
func isEmpty(dir string) bool {
	f, err := dirid.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	entries, err := f.ReadDir(100)
	if err != nil && len(entries) > 0 || len(entries) == 100 {
		return false
	}
	return !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return !leftout.IsSystem(e.Name(), e.IsDir()) && !isTemporary(e.Name())
	})
}
