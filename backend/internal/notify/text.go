package notify

import (
	"strings"
	"unicode"
)

// oneLine replaces all characters that end a line, control a terminal or change the
// writing direction, and joins white space.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unsafe(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))), " ")
}

// lines does the same but keeps line ends.
func lines(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(s, "�"))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != '\n' && unsafe(r) {
			return ' '
		}
		return r
	}, s))
}

// unsafe reports control characters, ends of lines and paragraphs, and characters
// that change the writing direction.
func unsafe(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}

// shorten cuts a text to a number of characters, and marks the cut.
func shorten(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return strings.TrimSpace(string(runes[:most-1])) + "…"
}
