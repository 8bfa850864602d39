package placement

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// plainText returns the file as UTF-8, whichever way a spreadsheet saved it:
// UTF-8 with or without a byte order mark, UTF-16 with one, or Windows-1252, as
// Excel does in Europe. Otherwise at is where it stops being text.
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

// looksWestern reports whether the bytes can be meant as Windows-1252: none is
// unassigned there, and no two of them are a letter in UTF-8, as they would be
// in UTF-8 that was damaged.
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

// separator is what the fields stand between: what the first line says as Excel
// understands it (sep=;), or else what the header has most of. It returns the
// file with that first line emptied, so that lines keep their numbers.
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
