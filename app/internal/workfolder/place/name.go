package place

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName limits the name of an order's folder, in bytes. File systems allow 255,
// but on Windows the whole path of a file may have only 260 characters.
const maxName = 80

// FolderName returns the name of an order's folder: the title without characters
// that Windows, macOS or Linux do not allow. From n = 2 on it appends the number,
// for titles that several orders share.
func FolderName(title string, n int) string {
	name := strings.Map(safeRune, strings.ToValidUTF8(title, "\uFFFD"))
	name = norm.NFC.String(strings.Join(strings.Fields(name), " "))
	suffix := ""
	if n > 1 {
		suffix = fmt.Sprintf(" (%d)", n)
	}
	name = cut(name, maxName-len(suffix))
	// A leading dot would hide the folder; Windows drops dots and spaces at the end.
	name = strings.TrimRight(strings.TrimLeft(name, ". ~"), ". ")
	if name == "" {
		name = "Order"
	}
	if stem, rest, _ := strings.Cut(name, "."); reserved(strings.TrimRight(stem, " ")) {
		name = stem + "_"
		if rest != "" {
			name += "." + rest
		}
	}
	return name + suffix
}

// safeRune replaces characters that a system forbids, and characters that make two
// different names look alike.
func safeRune(r rune) rune {
	switch {
	case strings.ContainsRune(`/\:|`, r):
		return '-'
	case strings.ContainsRune(`<>"?*`, r):
		return '_'
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != '\u200d', r == utf8.RuneError:
		return -1 // such as the marks that change the direction of text
	}
	return r
}

// cut shortens the name to at most n bytes, at a character boundary.
func cut(name string, n int) string {
	if len(name) <= n {
		return name
	}
	end := 0
	for end < len(name) {
		size := norm.NFC.NextBoundaryInString(name[end:], true)
		if end+size > n {
			break
		}
		end += size
	}
	return name[:end]
}

// reserved reports whether Windows reserves the name for a device.
func reserved(stem string) bool {
	stem = strings.ToUpper(stem)
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	for _, device := range []string{"COM", "LPT"} {
		if digit, ok := strings.CutPrefix(stem, device); ok && len([]rune(digit)) == 1 && strings.ContainsAny(digit, "0123456789¹²³") {
			return true
		}
	}
	return false
}
