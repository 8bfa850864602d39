package notify

import (
	"strings"
	"unicode"
)

// oneLine replaces everything that ends a line, controls a terminal or turns
// the direction of writing, and joins white space.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unsafe(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))), " ")
}

// lines does the same but keeps the ends of lines.
func lines(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(s, "�"))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != '\n' && unsafe(r) {
			return ' '
		}
		return r
	}, s))
}

// unsafe holds for control characters, the ends of lines and paragraphs, and
// the signs that turn the direction of writing around what follows.
func unsafe(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}

// shorten cuts to a number of characters, and shows that it did.
func shorten(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return strings.TrimSpace(string(runes[:most-1])) + "…"
}
