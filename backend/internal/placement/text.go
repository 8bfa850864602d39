package placement

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// plainText returns the file as UTF-8. It accepts UTF-8 with or without a byte order
// mark, UTF-16 with one, and Windows-1252, which Excel writes in Europe. For other
// files at is the position of the first invalid byte.
func plainText(file []byte) (text []byte, at int, ok bool) {
	if bytes.HasPrefix(file, []byte{0xff, 0xfe}) || bytes.HasPrefix(file, []byte{0xfe, 0xff}) {
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(file)
		return decoded, 0, err == nil && len(file)%2 == 0
	}
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	if utf8.Valid(file) {
		return file, 0, true
	}
	at = firstInvalid(file)
	if !looksWestern(file) {
		return nil, at, false
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(file)
	return decoded, at, err == nil
}

// looksWestern reports whether the bytes are plausible as Windows-1252: no byte is
// unassigned there, and no two bytes form a letter in UTF-8, as in damaged UTF-8.
func looksWestern(file []byte) bool {
	if bytes.ContainsAny(file, "\x00") || bytes.IndexFunc(file, func(r rune) bool { return r >= 0x80 && r != utf8.RuneError }) >= 0 {
		return false
	}
	for _, unassigned := range []byte{0x81, 0x8d, 0x8f, 0x90, 0x9d} {
		if bytes.IndexByte(file, unassigned) >= 0 {
			return false
		}
	}
	return true
}

// separator returns the separator of the fields: from a first line such as sep=;
// (Excel), or else the most frequent separator in the header. It returns the file
// with that first line emptied, so that lines keep their numbers.
func separator(file []byte) ([]byte, rune) {
	first, rest, _ := bytes.Cut(file, []byte("\n"))
	line := strings.TrimRight(string(first), "\r")
	if named, ok := strings.CutPrefix(strings.ToLower(line), "sep="); ok && len(named) == 1 {
		return append([]byte("\n"), rest...), rune(named[0])
	}
	best := ','
	for _, r := range []rune{';', '\t'} {
		if strings.Count(line, string(r)) > strings.Count(line, string(best)) {
			best = r
		}
	}
	return file, best
}
