// Package safename makes names harmless to unpack on any system. The zip of a
// delivery has these names, so a verifier of an unpacked zip finds its files by them.
package safename

import (
	"path"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Path makes every part of a path harmless.
func Path(p string) string {
	parts := strings.Split(p, "/")
	for i, part := range parts {
		parts[i] = Part(part)
	}
	return strings.Join(parts, "/")
}

// Part makes one name harmless to unpack on any system: no separators or
// drive letters, nothing that Windows forbids or treats as a device, no invisible
// characters and none that change the writing direction.
func Part(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return '_'
		case strings.ContainsRune(`\/:*?"<>|`, r):
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	// Windows drops these from the end, so that two names would become one.
	if cut := strings.TrimRight(name, ". "); cut != name || name == "" {
		name = cut + "_"
	}
	if isDevice(name) {
		name = "_" + name
	}
	return name
}

// isDevice reports whether Windows reserves the name for a device, with any extension.
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	digit, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		digit, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && digit != "" && strings.Contains("0123456789¹²³", digit)
}

// Paths returns harmless paths for the files of one delivery, in their order.
// If a system that ignores case, or the encoding of accents, would treat two paths as
// equal, the later path gets a number: "logo (2).png".
func Paths(given []string) []string {
	t := tree{files: map[string]bool{}, folders: map[string]bool{}, next: map[string]int{}}
	paths := make([]string, len(given))
	for i, p := range given {
		parts := strings.Split(Path(p), "/")
		last := len(parts) - 1
		dir := ""
		for _, part := range parts[:last] {
			dir = t.folder(dir, part) + "/"
		}
		paths[i] = t.file(dir, parts[last])
	}
	return paths
}

// tree has the paths in use, by folded path. next is the number to try next for a
// name, so that many equal names need linear time.
type tree struct {
	files, folders map[string]bool
	next           map[string]int
}

// folder returns the path of a folder in dir. Folders with equal names share a path;
// a number is added only if a file has the name.
func (t tree) folder(dir, name string) string {
	for n := 1; ; n++ {
		p := dir + numbered(name, "", n)
		if key := fold(p); !t.files[key] {
			t.folders[key] = true
			return p
		}
	}
}

// file returns an unused path in dir.
func (t tree) file(dir, name string) string {
	ext := path.Ext(name)
	if ext == name {
		ext = "" // a name such as .gitignore
	}
	stem, first := strings.TrimSuffix(name, ext), fold(dir+name)
	for n := max(1, t.next[first]); ; n++ {
		p := dir + numbered(stem, ext, n)
		key := fold(p)
		if !t.files[key] && !t.folders[key] {
			t.files[key], t.next[first] = true, n+1
			return p
		}
	}
}

func numbered(stem, ext string, n int) string {
	if n == 1 {
		return stem + ext
	}
	return stem + " (" + strconv.Itoa(n) + ")" + ext
}

// fold maps two names to the same key when some file system treats them as equal.
func fold(name string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(name)))
}
