package preflight

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// words are whole words of a path that say it is not the final work.
var words = []string{
	"draft", "drafts", "entwurf", "entwürfe", "wip", "sample", "samples", "muster",
	"preview", "previews", "vorschau", "temp", "tmp", "kopie",
}

// copies are the marks that systems give to copies. The word alone is not
// enough: it is also what an advertiser writes.
var copies = regexp.MustCompile(`\((copy)( \d+)?\)` +
	`|(?:[-–_] ?(copy)( ?\(\d+\))?| (copy) \d+)(?:\.[^./]*)?(?:/|$)` +
	`|(?:^|/)(copy) of `)

// telling returns the word in the path that says it is not the final work, in
// small letters; "" for none.
func telling(path string) string {
	// Some systems take "ü" apart, and some letters come in several widths.
	path = norm.NFKC.String(path)
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return !unicode.IsLetter(r) }) {
		for _, word := range append(parts(part), part) {
			if word = strings.ToLower(word); slices.Contains(words, word) {
				return word
			}
		}
	}
	for _, m := range copies.FindStringSubmatch(strings.ToLower(path)) {
		if m == "copy" {
			return m
		}
	}
	return ""
}

// parts takes words apart that are told apart by capitals, as in FilmDraft.
func parts(word string) []string {
	var list []string
	begin, before := 0, rune(0)
	for i, r := range word {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			list = append(list, word[begin:i])
			begin = i
		}
		before = r
	}
	return append(list, word[begin:])
}
