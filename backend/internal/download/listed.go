package download

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"handover/backend/order"
)

// listed returns the indexes of files in the order of the buyer's page: folders
// before files, each sorted by name. In an arranged delivery, every file and folder
// has the position of its first occurrence. frontend/src/lib/order/tree.ts has the
// same rule, and testdata/names.json tests both.
func listed(files []order.File, arranged bool) []int {
	root := &folder{}
	for i, f := range files {
		at := root
		parts := strings.Split(f.Path, "/")
		for _, name := range parts[:len(parts)-1] {
			at = at.folder(name)
		}
		name := parts[len(parts)-1]
		at.children = append(at.children, &folder{name: name, key: folded(name), file: i, leaf: true})
	}
	return root.walk(arranged, make([]int, 0, len(files)))
}

// folder is a folder of a delivery, or a file in one.
type folder struct {
	name     string
	key      []rune // for comparison
	children []*folder
	folders  map[string]*folder
	leaf     bool
	file     int
}

func (f *folder) folder(name string) *folder {
	next := f.folders[name]
	if next == nil {
		next = &folder{name: name, key: folded(name)}
		if f.folders == nil {
			f.folders = map[string]*folder{}
		}
		f.folders[name] = next
		f.children = append(f.children, next)
	}
	return next
}

func (f *folder) walk(arranged bool, out []int) []int {
	if !arranged {
		slices.SortStableFunc(f.children, func(a, b *folder) int {
			if a.leaf != b.leaf {
				if a.leaf {
					return 1
				}
				return -1
			}
			return compareNames(a, b)
		})
	}
	for _, c := range f.children {
		if c.leaf {
			out = append(out, c.file)
		} else {
			out = c.walk(arranged, out)
		}
	}
	return out
}

// compareNames sorts names the same way in every language: it ignores case and
// accents, and compares numbers by value. It compares names that are then equal by
// their characters.
func compareNames(a, b *folder) int {
	x, y := a.key, b.key
	for len(x) > 0 && len(y) > 0 {
		m, n := digits(x), digits(y)
		if m > 0 && n > 0 {
			if c := compareNumbers(x[:m], y[:n]); c != 0 {
				return c
			}
			x, y = x[m:], y[n:]
			continue
		}
		if x[0] != y[0] {
			return int(x[0]) - int(y[0])
		}
		x, y = x[1:], y[1:]
	}
	if len(x) != len(y) {
		return len(x) - len(y)
	}
	return strings.Compare(a.name, b.name) // UTF-8 keeps the order of code points
}

// folded removes accents and case.
func folded(name string) []rune {
	var out []rune
	for _, c := range norm.NFD.String(name) {
		switch {
		case unicode.Is(unicode.Mn, c):
		case c == 'ß' || c == 'ẞ':
			out = append(out, 's', 's')
		default:
			out = append(out, unicode.ToLower(c))
		}
	}
	return out
}

// digits counts the decimal digits at the beginning.
func digits(s []rune) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// compareNumbers compares digits by their value.
func compareNumbers(a, b []rune) int {
	for len(a) > 1 && a[0] == '0' {
		a = a[1:]
	}
	for len(b) > 1 && b[0] == '0' {
		b = b[1:]
	}
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return slices.Compare(a, b)
}
